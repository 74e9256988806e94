"""Addresses below `/api/v1/`."""

from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, register_converter

from habits.api.views.goals import GoalViewSet, HabitGoalViewSet
from habits.api.views.habits import HabitViewSet, SharedHabitViewSet
from habits.api.views.insights import (
    AgendaViewSet,
    InsightsViewSet,
    MilestoneViewSet,
    ProgressViewSet,
    StreakViewSet,
    SummaryViewSet,
)
from habits.api.views.logs import LogBatchViewSet, LogViewSet
from habits.api.views.pictures import HeatmapViewSet, TrendsPictureViewSet
from habits.api.views.schedules import HolidayViewSet, PauseViewSet, ScheduleViewSet


class CalendarDateConverter:
    """A date as `YYYY-MM-DD`; anything else is no address of ours."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the date; ValueError where there is no such day."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return `YYYY-MM-DD`."""
        return value.isoformat()


register_converter(CalendarDateConverter, "date")

DETAIL: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}

HABIT = [
    path("", HabitViewSet.as_view(DETAIL), name="habit-detail"),
    path("logs/<date:date>/", LogViewSet.as_view(DETAIL), name="log-detail"),
    path("logs/<date:date>/add/", LogViewSet.as_view({"post": "add"}), name="log-add"),
    path("logs/", LogViewSet.as_view({"get": "list", "post": "create"}), name="logs"),
    path("schedules/", ScheduleViewSet.as_view({"get": "list"}), name="schedules"),
    path("pauses/", PauseViewSet.as_view({"get": "list", "post": "create"}), name="pauses"),
    path(
        "pauses/<uuid:pause_id>/",
        PauseViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="pause-detail",
    ),
    path("goals/", HabitGoalViewSet.as_view({"get": "list", "post": "create"}), name="habit-goals"),
    path("streaks/", StreakViewSet.as_view({"get": "list"}), name="streaks"),
    path("milestones/", MilestoneViewSet.as_view({"get": "list"}), name="milestones"),
    path("insights/", InsightsViewSet.as_view({"get": "retrieve"}), name="insights"),
    path("heatmap.svg", HeatmapViewSet.as_view({"get": "retrieve"}), name="heatmap"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("habits/<uuid:habit_id>/", include(HABIT)),
    path("habits/", HabitViewSet.as_view({"get": "list", "post": "create"}), name="habits"),
    path("habits/reorder/", HabitViewSet.as_view({"post": "reorder"}), name="habits-reorder"),
    path("habits/shared/", SharedHabitViewSet.as_view({"get": "list"}), name="habits-shared"),
    path("goals/", GoalViewSet.as_view({"get": "list"}), name="goals"),
    path("goals/<uuid:goal_id>/", GoalViewSet.as_view(DETAIL), name="goal-detail"),
    path("agenda/", AgendaViewSet.as_view({"get": "retrieve"}), name="agenda"),
    path("logs/batch/", LogBatchViewSet.as_view({"post": "create"}), name="logs-batch"),
    path("pauses/", HolidayViewSet.as_view({"post": "create"}), name="holidays"),
    path("progress/", ProgressViewSet.as_view({"get": "list"}), name="progress"),
    path("insights/summary/", SummaryViewSet.as_view({"get": "retrieve"}), name="summary"),
    path("insights/trends/", SummaryViewSet.as_view({"get": "trends"}), name="trends"),
    path("insights/trends.svg", TrendsPictureViewSet.as_view({"get": "retrieve"}), name="trends-picture"),
]
