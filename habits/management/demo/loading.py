"""Writing the demo's people and their year, by the same services as the API."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from habits.management.demo.life import live
from habits.management.demo.people import PEOPLE
from habits.management.demo.stories import GoalStory, HabitStory, Person
from habits.models import Habit
from habits.services.batches import BatchRow, write_logs
from habits.services.editing import update_habit
from habits.services.goals import GoalDraft, create_goal
from habits.services.habits import HabitDraft, create_habit
from habits.services.pauses import create_pauses
from users.models import User
from users.selectors import today_for
from users.services.accounts import register_user, update_profile

DEMO_PASSWORD: Final = "one-day-at-a-time"  # noqa: S105 - known to everybody, hence never in production
EMAIL_DOMAIN: Final = "demo.example"
CHUNK: Final = 500

Part = Callable[[], None]

_parts: list[Part] = []
_finales: list[Part] = []


def demo_part(load: Part) -> Part:
    """Have `load` store what apps above add once the people are there: their module `management.demo` is found by its name."""
    _parts.append(load)
    return load


def demo_finale(load: Part) -> Part:
    """Have `load` store what comes after all parts, such as the latest of what was reached."""
    _finales.append(load)
    return load


def list_demo_users() -> list[User]:
    """Return the demo's users that there are."""
    return list(User.objects.filter(email_key__endswith=f"@{EMAIL_DOMAIN}").order_by("username_key"))


def load_demo() -> None:
    """Store the people with all that they did, or nothing; raises InvalidInput where one of their names is taken."""
    autodiscover_modules("management.demo")
    with transaction.atomic():
        for person in PEOPLE:
            _load_person(person)
        for load in (*_parts, *_finales):
            load()


def _load_person(person: Person) -> None:
    user = register_user(
        username=person.username,
        email=f"{person.username}@{EMAIL_DOMAIN}",
        password=DEMO_PASSWORD,
        timezone=person.timezone,
        display_name=person.display_name,
        email_verified=True,
    )
    if person.day_start_hour:
        user = update_profile(user_id=user.pk, changes={"day_start_hour": person.day_start_hour})
    today = today_for(user)
    habits = [(story, _create(user, story, today)) for story in person.habits]
    for stretch in person.holidays:
        first, last = (today - timedelta(days=days_ago) for days_ago in (stretch.first, stretch.last))
        create_pauses(actor=user, start=first, end=last, habit_ids=None)
    rows = [
        BatchRow(habit_id=habit.pk, day=day, entry=entry) for story, habit in habits for day, entry in live(person, story, today)
    ]
    for offset in range(0, len(rows), CHUNK):
        write_logs(actor=user, rows=rows[offset : offset + CHUNK], is_partial=False)
    for story, habit in habits:
        for goal in story.goals:
            _set_goal(habit, goal, today)
        if story.is_archived:
            update_habit(actor=user, habit_id=habit.pk, changes={"archived_on": today})


def _set_goal(habit: Habit, story: GoalStory, today: date) -> None:
    draft = GoalDraft(
        kind=story.kind,
        title=story.title,
        target_milli=story.target_milli,
        start_date=today - timedelta(days=story.days_ago),
        deadline=None if story.days_to_deadline is None else today + timedelta(days=story.days_to_deadline),
    )
    create_goal(actor=habit.owner, habit_id=habit.pk, draft=draft)


def _create(user: User, story: HabitStory, today: date) -> Habit:
    """Store a habit; one whose schedule changed is made as it was first, and then changed as of that day."""
    draft = HabitDraft(
        name=story.name,
        schedule=story.schedule,
        description=story.description,
        unit=story.unit,
        start_date=today - timedelta(days=story.days_old),
        end_date=None if story.days_to_end is None else today + timedelta(days=story.days_to_end),
        tags=story.tags,
        color=story.color,
        icon=story.icon,
    )
    habit, _ = create_habit(actor=user, draft=draft)
    if story.change is not None:
        changed_on = today - timedelta(days=story.change.days_ago)
        habit = update_habit(actor=user, habit_id=habit.pk, changes=story.change.changes, effective_from=changed_on)
    return habit
