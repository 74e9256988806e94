"""What the logs say: the today screen, progress, summaries, trends, streaks and insights."""

import uuid
from datetime import date
from operator import attrgetter
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import FieldError
from config.rest.errors import InvalidParameter
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.api.serializers import examples
from habits.api.serializers.insights import (
    AgendaParams,
    AgendaSerializer,
    HabitRangeParams,
    InsightsSerializer,
    ProgressSerializer,
    StreakSerializer,
    SummarySerializer,
    TrendParams,
    TrendsSerializer,
    agenda_document,
    insights_document,
    progress_document,
    streak_document,
    summary_document,
    trends_document,
)
from habits.domain.calendar import Bucket
from habits.permissions import VIEW
from habits.selectors.agenda import get_agenda
from habits.selectors.habits import get_habit
from habits.selectors.insights import get_insights, judge_range, list_habit_streaks
from habits.selectors.milestones import list_milestones
from habits.selectors.summaries import choose_habits, get_summary, get_trends
from habits.shapes import MilestoneSerializer, milestone_document
from users.selectors import today_for

RANGE_NOTE = "The range is `from` and `to`, at most 366 days, or a `period`; the last 30 days if nothing is said."


class AgendaViewSet(ApiViewSet):
    """The today screen."""

    area = "habits"
    access: ClassVar = {"retrieve": USER}
    query_params: ClassVar = {"retrieve": AgendaParams}

    @operation(
        "Read the agenda of a day",
        "Everything that a today screen shows, in one call, not paged.",
        response=AgendaSerializer,
        response_example=examples.AGENDA,
    )
    def retrieve(self, request: Request) -> Response:
        today = today_for(self.actor)
        day: date = self.params.values.get("date", today)
        if day > today:
            fault = FieldError("date", "date_out_of_range", f"The date lies after today, {today}.")
            raise InvalidParameter(errors=[fault])
        return Response(agenda_document(day, get_agenda(self.actor, day, today), self.actor))


class ProgressViewSet(ApiViewSet):
    """Days and units of habits in a range."""

    area = "habits"
    access: ClassVar = {"list": USER}
    query_params: ClassVar = {"list": HabitRangeParams}
    params: HabitRangeParams

    @operation(
        "List the progress of habits",
        "Every day and unit of each habit. " + RANGE_NOTE,
        response=ProgressSerializer(many=True),
        response_example=examples.PROGRESS,
    )
    def list(self, request: Request) -> Response:
        today = today_for(self.actor)
        first, last = self.params.resolve(today)
        habits = self.paginate_queryset(choose_habits(self.actor, **self.params.choice))
        calendars = judge_range(habits, first, last, today)
        rows = [progress_document(habit, calendar) for habit, calendar in zip(habits, calendars, strict=True)]
        return self.get_paginated_response(rows)


class SummaryViewSet(ApiViewSet):
    """What habits add up to, and how that changes over time."""

    area = "habits"
    access: ClassVar = {"retrieve": USER, "trends": USER}
    query_params: ClassVar = {"retrieve": HabitRangeParams, "trends": TrendParams}
    params: HabitRangeParams

    @operation(
        "Read a summary of a range",
        "Totals and rates of the range; streaks and strength are those of today. " + RANGE_NOTE,
        response=SummarySerializer,
        response_example=examples.SUMMARY,
    )
    def retrieve(self, request: Request) -> Response:
        first, last, today, habits = self.params.select(self.actor)
        return Response(summary_document(get_summary(habits, first, last, today), first, last))

    @operation(
        "Read trends over a range",
        "Each bucket is judged as a range of its own. " + RANGE_NOTE,
        response=TrendsSerializer,
        response_example=examples.TRENDS,
    )
    def trends(self, request: Request) -> Response:
        first, last, today, habits = self.params.select(self.actor)
        bucket = Bucket(self.params.values["bucket"])
        return Response(trends_document(get_trends(habits, first, last, today, bucket)))


class StreakViewSet(ApiViewSet):
    """Streaks of a habit."""

    area = "habits"
    access: ClassVar = {"list": Holding(VIEW)}
    ordering = OrderingParameter({"length": "length", "start": "start"}, default="-length,-start", key="start")

    @operation(
        "List the streaks of a habit",
        "The longest first, or with `ordering=-start` the latest.",
        response=StreakSerializer(many=True),
        response_example=examples.STREAK,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        habit = get_habit(self.actor, habit_id, needed=self.object_permission)
        streaks = list_habit_streaks(habit, today_for(habit.owner))
        for column in reversed(self.ordering.order_by(request.query_params.get("ordering"))):
            streaks.sort(key=attrgetter(column.removeprefix("-")), reverse=column.startswith("-"))
        return self.get_paginated_response([streak_document(streak) for streak in self.paginate_queryset(streaks)])


class MilestoneViewSet(ApiViewSet):
    """Milestones of a habit."""

    area = "habits"
    access: ClassVar = {"list": Holding(VIEW)}
    ordering = OrderingParameter({"reached_on": "reached_on"}, default="-reached_on")

    @operation(
        "List the milestones of a habit",
        "Streaks of 7, 30, 100 and 365 units, and 10, 100 and 1,000 completions, each noted when it was reached; the latest "
        "first. They stay, whatever becomes of the logs.",
        response=MilestoneSerializer(many=True),
        response_example=examples.MILESTONE,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        milestones = list_milestones(self.actor, habit_id, needed=self.object_permission)
        page = self.paginate_queryset(self.filter_queryset(milestones))
        return self.get_paginated_response([milestone_document(milestone) for milestone in page])


class InsightsViewSet(ApiViewSet):
    """How to keep a streak."""

    area = "habits"
    access: ClassVar = {"retrieve": Holding(VIEW)}

    @operation(
        "Read how to keep a habit's streak",
        "Until when it is at risk, what is needed (completions, or for a total `needed_value`), and on which weekdays it breaks.",
        response=InsightsSerializer,
        response_example=examples.INSIGHTS,
    )
    def retrieve(self, request: Request, habit_id: uuid.UUID) -> Response:
        habit = get_habit(self.actor, habit_id, needed=self.object_permission)
        return Response(insights_document(get_insights(habit, today_for(habit.owner))))
