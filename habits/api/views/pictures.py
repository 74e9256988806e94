"""Pictures of habits as SVG."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

from django.template.loader import render_to_string
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest.permissions import USER, Holding
from config.rest.renderers import SVGRenderer
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.api.serializers import examples
from habits.api.serializers.insights import HeatmapParams, TrendParams
from habits.domain.calendar import Bucket, DayState, HabitCalendar
from habits.domain.pictures.heatmap import DayState as Drawn
from habits.domain.pictures.heatmap import HeatmapDay, HeatmapPicture, HeatmapTotals, draw_heatmap
from habits.domain.pictures.trends import TrendBucket, TrendsPicture, draw_trends
from habits.domain.schedule import ONE_DAY
from habits.models import Habit, HabitStats
from habits.permissions import VIEW
from habits.selectors.habits import get_habit
from habits.selectors.stats import get_stats
from habits.selectors.summaries import get_calendar, get_trends
from users.selectors import today_for

# The fullest year and range stay well below.
MAX_CHARACTERS: Final = 120_000
PICTURE = OpenApiResponse({"type": "string", "maxLength": MAX_CHARACTERS, "pattern": "^<svg "}, "The picture.")

SVG = SVGRenderer.media_type
DRAWN: Final[Mapping[DayState | None, Drawn]] = {
    DayState.COMPLETED: "completed",
    DayState.SKIPPED: "skipped",
    DayState.MISSED: "missed",
}

# The pictures carry their own styles and nothing else that runs or is fetched.
HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


class HeatmapViewSet(ApiViewSet):
    """A year of a habit as a calendar."""

    area = "habits"
    access: ClassVar = {"retrieve": Holding(VIEW)}
    conditional_actions = frozenset({"retrieve"})
    query_params: ClassVar = {"retrieve": HeatmapParams}
    renderer_classes = (SVGRenderer,)

    @operation(
        "Draw a year of a habit",
        "A calendar with a column for each ISO week.",
        response=PICTURE,
        response_example=examples.PICTURE,
        media_type=SVG,
    )
    def retrieve(self, request: Request, habit_id: uuid.UUID) -> Response:
        habit = get_habit(self.actor, habit_id, needed=self.object_permission)
        today = today_for(habit.owner)
        year = self.params.values.get("year", today.year)
        calendar = get_calendar(habit, date(year, 1, 1), date(year, 12, 31), today)
        return Response(render_heatmap(heatmap_of(habit, get_stats(habit, today), calendar)), headers=HEADERS)


class TrendsPictureViewSet(ApiViewSet):
    """Success rate and completions over time."""

    area = "habits"
    access: ClassVar = {"retrieve": USER}
    conditional_actions = frozenset({"retrieve"})
    query_params: ClassVar = {"retrieve": TrendParams}
    renderer_classes = (SVGRenderer,)
    params: TrendParams

    @operation(
        "Draw trends over a range",
        "The picture of `/insights/trends/`.",
        response=PICTURE,
        response_example=examples.PICTURE,
        media_type=SVG,
    )
    def retrieve(self, request: Request) -> Response:
        first, last, today, habits = self.params.select(self.actor)
        bucket = Bucket(self.params.values["bucket"])
        trends = get_trends(habits, first, last, today, bucket)
        buckets = [
            TrendBucket(item.start, item.end, item.completions, item.rate.expected, item.rate.achieved, item.rate.success_rate)
            for item in trends
            if item.start <= today  # what an open unit holds already is no point in the future
        ]
        title = habits[0].name if len(habits) == 1 else "All habits"
        return Response(render_trends(draw_trends(title=title, bucket=bucket.value, buckets=buckets)), headers=HEADERS)


def heatmap_of(habit: Habit, stats: HabitStats, calendar: HabitCalendar) -> HeatmapPicture:
    """Return the picture of the calendar's year."""
    shown = {day.day: day for day in calendar.days()}
    best = max((day.value_milli or 0 for day in shown.values()), default=0)
    shades = habit.is_measured and not calendar.plan.versions[-1].schedule.is_at_most and best > 0
    days = []
    day = calendar.first
    while day <= calendar.last:
        value = shown[day].value_milli if day in shown else None
        level = value / best if shades and value is not None else None
        days.append(HeatmapDay(day, _drawn_state(calendar, day, shown[day].state if day in shown else None), level))
        day += ONE_DAY
    totals = HeatmapTotals(stats.completions, stats.current_streak, stats.longest_streak, stats.streak_unit, stats.longest_unit)
    return draw_heatmap(
        name=habit.name, year=calendar.first.year, days=days, today=calendar.today, color=habit.color or None, totals=totals
    )


def _drawn_state(calendar: HabitCalendar, day: date, state: DayState | None) -> Drawn:
    """Return how a day is drawn; None is a day that the calendar does not reach: to come, or outside of the habit's dates."""
    plan = calendar.plan
    if day < plan.start or (plan.end is not None and day > plan.end):
        return "outside"
    if day not in calendar.logs and plan.is_paused(day):
        return "paused"
    return DRAWN.get(state, "none")


def render_heatmap(picture: HeatmapPicture) -> str:
    """Return the SVG of a year's calendar."""
    return render_to_string("habits/heatmap.svg", {"picture": picture})


def render_trends(picture: TrendsPicture) -> str:
    """Return the SVG of rates and completions over time."""
    return render_to_string("habits/trends.svg", {"picture": picture})
