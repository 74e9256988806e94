"""Public links as their owner sees them, and what they show to everybody."""

import uuid
from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.timezone import now

from config.errors import NotFound
from habits.domain.schedule import STREAK_UNIT
from habits.domain.stats import look
from habits.models import Habit
from habits.selectors.summaries import get_calendar
from sharing.domain.shown import DAYS_SHOWN, LinkKind, MilestoneShown, Shown, StreakShown, YearShown, title_of, year_of
from sharing.models import ShareLink
from users.models import User
from users.selectors import today_for

# What the figures follow from, and nothing that nobody chose to show.
SHOWN_COLUMNS: Final = (
    *("kind", "title", "show_name", "owner__display_name"),
    *("habit__name", "habit__color", "habit__plan_text", "habit__stats__history"),
    *("habit__owner__timezone", "habit__owner__day_start_hour"),
    *("milestone__count", "milestone__streak_unit", "milestone__reached_on"),
)


def list_links(actor: User) -> QuerySet[ShareLink]:
    """Return the actor's links, those that are expired too."""
    return ShareLink.objects.owned_by(actor.pk)


def get_link(actor: User, link_id: uuid.UUID) -> ShareLink:
    """Return a link of the actor's; NotFound for any other."""
    link = list_links(actor).filter(pk=link_id).first()
    if link is None:
        raise NotFound
    return link


def get_shown(token: str) -> Shown:
    """Return what a link shows as of its owner's today, to anybody; NotFound where there is none that shows anything."""
    links = ShareLink.objects.open(now()).select_related("owner", "habit__owner", "habit__stats", "milestone")
    link = links.only(*SHOWN_COLUMNS).filter(token=token).first()
    if link is None:
        raise NotFound
    today = today_for(link.habit.owner)
    return Shown(
        title=title_of(link.title, link.habit.name),
        name=link.owner.display_name if link.show_name else "",
        color=link.habit.color,
        as_of=today,
        figures=_figures(link, today),
    )


def _figures(link: ShareLink, today: date) -> StreakShown | MilestoneShown | YearShown:
    if link.milestone is not None:
        return MilestoneShown(link.milestone.count, link.milestone.streak_unit, link.milestone.reached_on)
    if link.kind == LinkKind.STREAK:
        return _streak(link.habit, today)
    return year_of(get_calendar(link.habit, today - timedelta(days=DAYS_SHOWN - 1), today, today))


def _streak(habit: Habit, today: date) -> StreakShown:
    stats = look(habit.plan, habit.stats.past, today)
    longest_unit = STREAK_UNIT[stats.longest.frequency] if stats.longest else stats.streak_unit
    since = stats.current.start if stats.current else None
    return StreakShown(stats.current_streak, stats.longest_streak, stats.streak_unit, longest_unit, since)
