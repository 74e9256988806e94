"""Public links in JSON, to their owner and to everybody."""

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers

from config.rest.converters import SECRET_SHAPE
from config.rest.fields import (
    CalendarDateField,
    ChoiceField,
    CountField,
    FlagField,
    IdField,
    InstantField,
    ShapeField,
    TextField,
    WholeNumberField,
)
from config.rest.serializers import StrictSerializer
from habits.domain.milestones import MILESTONE_KINDS, MilestoneKind
from habits.domain.schedule import STREAK_UNITS
from sharing.domain.shown import (
    DAYS_SHOWN,
    LEVELS,
    LINK_KINDS,
    TITLE_MAX_LENGTH,
    LinkKind,
    MilestoneShown,
    Shown,
    StreakShown,
    YearShown,
)
from sharing.models import ShareLink
from sharing.services.links import LinkDraft
from users.models.users import DISPLAY_NAME_MAX_LENGTH

# A host name has 253 characters at the most, and a port may follow.
URL_MAX_LENGTH: Final = 320
_ORIGIN: Final = "https?://[^/]+"


def _address(suffix: str, **options: Any) -> ShapeField:
    return ShapeField(f"^{_ORIGIN}/s/{SECRET_SHAPE}{suffix}$", longest=URL_MAX_LENGTH, read_only=True, **options)


class ShareLinkSerializer(StrictSerializer):
    """A public link, as its owner sees it."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second link.")
    habit = IdField()
    kind = ChoiceField(
        choices=list(LINK_KINDS), help_text="What of the habit is shown: its streak, a milestone, or the last year."
    )
    milestone = IdField(allow_null=True, default=None, help_text="Which one, for the kind `milestone`; else null.")
    title = TextField(
        max_length=TITLE_MAX_LENGTH,
        single_line=True,
        allow_blank=True,
        default="",
        help_text="What to call the habit; empty: by its own name.",
    )
    show_name = FlagField(default=False, help_text="Whether the owner's display name is shown.")
    expires_at = InstantField(
        allow_null=True, default=None, help_text="From when on nothing is shown any more, at most five years ahead; null: never."
    )
    is_expired = serializers.BooleanField(read_only=True)
    url = _address("/", help_text="The page: for people.")
    image_url = _address(".png", help_text="The card: 1200 × 630 pixels.")
    created_at = InstantField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold the kind and the milestone together."""
        is_milestone = attrs["kind"] == LinkKind.MILESTONE
        if is_milestone and attrs["milestone"] is None:
            raise serializers.ValidationError({"milestone": "Say which milestone."}, code="required")
        if not is_milestone and attrs["milestone"] is not None:
            raise serializers.ValidationError({"milestone": "Only the kind `milestone` shows one."}, code="not_with_kind")
        return attrs


class ShareLinkChangeSerializer(ShareLinkSerializer):
    """A change of a link; what it shows of which habit stays."""

    id = IdField(read_only=True)
    habit = IdField(read_only=True)
    kind = ChoiceField(choices=list(LINK_KINDS), read_only=True)
    milestone = IdField(read_only=True, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take what there is."""
        return attrs


class SharedStreakSerializer(StrictSerializer):
    """The streak that runs, and the longest one."""

    current_streak = CountField()
    longest_streak = CountField()
    streak_unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True, help_text="What the present streak counts.")
    longest_unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True, help_text="What the longest one counts.")
    since = CalendarDateField(read_only=True, allow_null=True, help_text="The first day of the present streak.")


class SharedMilestoneSerializer(StrictSerializer):
    """A milestone."""

    kind = ChoiceField(choices=list(MILESTONE_KINDS), read_only=True)
    count = CountField()
    streak_unit = ChoiceField(
        choices=list(STREAK_UNITS),
        read_only=True,
        allow_null=True,
        help_text="What the length of a streak counts; null for completions.",
    )
    reached_on = CalendarDateField(read_only=True)


class SharedHeatmapSerializer(StrictSerializer):
    """The last 365 days."""

    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)
    completions = CountField(help_text="How many of the days are completed.")
    levels = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=LEVELS - 1),
        min_length=DAYS_SHOWN,
        max_length=DAYS_SHOWN,
        read_only=True,
        help_text="Of each day how much was done: 0 for nothing, or nothing that is told, 4 for the most.",
    )


class SharedSerializer(StrictSerializer):
    """What a public link shows to everybody; of the three figures there is the one of its kind."""

    title = TextField(max_length=TITLE_MAX_LENGTH, read_only=True)
    display_name = TextField(
        max_length=DISPLAY_NAME_MAX_LENGTH, read_only=True, allow_null=True, help_text="Null unless the owner chose to show it."
    )
    kind = ChoiceField(choices=list(LINK_KINDS), read_only=True)
    as_of = CalendarDateField(read_only=True, help_text="The owner's today.")
    streak = SharedStreakSerializer(read_only=True, allow_null=True)
    milestone = SharedMilestoneSerializer(read_only=True, allow_null=True)
    heatmap = SharedHeatmapSerializer(read_only=True, allow_null=True)
    url = _address("/")
    image_url = _address(".png")


def draft_of(data: dict[str, Any]) -> LinkDraft:
    """Return what the body of a request asks for."""
    return LinkDraft(
        habit_id=data["habit"],
        kind=LinkKind(data["kind"]),
        milestone_id=data["milestone"],
        title=data["title"],
        show_name=data["show_name"],
        expires_at=data["expires_at"],
    )


def link_document(link: ShareLink) -> dict[str, Any]:
    """Return a link, for its owner."""
    return {
        "id": link.pk,
        "habit": link.habit_id,
        "kind": link.kind,
        "milestone": link.milestone_id,
        "title": link.title,
        "show_name": link.show_name,
        "expires_at": link.expires_at,
        "is_expired": link.is_expired(now()),
        "url": page_url(link.token),
        "image_url": picture_url(link.token),
        "created_at": link.created_at,
    }


def shared_document(shown: Shown, token: str) -> dict[str, Any]:
    """Return what a link shows."""
    figures = shown.figures
    return {
        "title": shown.title,
        "display_name": shown.name or None,
        "kind": shown.kind,
        "as_of": shown.as_of,
        "streak": _streak(figures) if isinstance(figures, StreakShown) else None,
        "milestone": _milestone(figures) if isinstance(figures, MilestoneShown) else None,
        "heatmap": _heatmap(figures) if isinstance(figures, YearShown) else None,
        "url": page_url(token),
        "image_url": picture_url(token),
    }


def _streak(figures: StreakShown) -> dict[str, Any]:
    return {
        "current_streak": figures.current,
        "longest_streak": figures.longest,
        "streak_unit": figures.unit,
        "longest_unit": figures.longest_unit,
        "since": figures.since,
    }


def _milestone(figures: MilestoneShown) -> dict[str, Any]:
    return {
        "kind": MilestoneKind.STREAK if figures.unit else MilestoneKind.COMPLETIONS,
        "count": figures.count,
        "streak_unit": figures.unit or None,
        "reached_on": figures.reached_on,
    }


def _heatmap(figures: YearShown) -> dict[str, Any]:
    return {"start": figures.first, "end": figures.last, "completions": figures.completions, "levels": figures.levels}


def page_url(token: str) -> str:
    """Return where people see what a link shows."""
    return f"{settings.PUBLIC_URL}{reverse('share-page', args=[token])}"


def picture_url(token: str) -> str:
    """Return where the card of a link is."""
    return f"{settings.PUBLIC_URL}{reverse('share-picture', args=[token])}"
