"""How participants stand, and their days side by side."""

import uuid
from typing import ClassVar, cast

from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response

from challenges.api.serializers import examples
from challenges.api.serializers.standings import (
    ParticipantProgressSerializer,
    StandingSerializer,
    StandingsPagination,
    beside,
    progress_document,
    standing_document,
)
from challenges.permissions import PARTICIPATE, VIEW
from challenges.selectors.progress import get_progress, get_progressing
from challenges.selectors.standings import get_standings
from config.errors import Forbidden
from config.rest.pagination import page_size_of
from config.rest.params import MAX_PAGE_DAYS, PagedRangeParams
from config.rest.permissions import Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from users.selectors import today_for


class StandingViewSet(ApiViewSet):
    """The standings of a challenge."""

    area = "challenges"
    access: ClassVar = {"list": Holding(VIEW)}
    pagination_class = StandingsPagination

    @operation(
        "Read the standings of a challenge",
        "For whoever sees it: better scores first, then those that were reached earlier, then who joined earlier; equal scores "
        "share a rank. They follow each log at once, and the end of a participant's day within minutes. `is_final` tells that "
        "they are frozen: nothing changes them any more.",
        response=StandingSerializer(many=True),
        response_example=examples.STANDING,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        standings, present = get_standings(self.actor, challenge_id), now()
        challenge, own = standings.challenge, standings.own(self.actor)
        rows = [standing_document(challenge, row) for row in self.paginate_queryset(standings)]
        me = own and standing_document(challenge, own)
        paginator = cast("StandingsPagination", self.paginator)
        return paginator.get_standings_response(rows, me=me, **beside(standings, present))


class ChallengeProgressViewSet(ApiViewSet):
    """The days of participants."""

    area = "challenges"
    access: ClassVar = {"list": Holding(PARTICIPATE)}
    pagination_class = StandingsPagination
    query_params: ClassVar = {"list": PagedRangeParams}
    refusals: ClassVar = {"list": [Forbidden]}
    params: PagedRangeParams

    @operation(
        "Compare the days of the participants of a challenge",
        "For participants: everybody's days in the order of the standings, and one's own as `me`, as the challenge judges them, "
        "by what was received in time. The range is `from` and `to`, or a `period`; the last 30 days if nothing is said. It "
        f"holds at most 366 days, and {MAX_PAGE_DAYS:,} divided by `page_size`, and is reckoned from one's own today.",
        response=ParticipantProgressSerializer(many=True),
        response_example=examples.PROGRESS,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        standings, present = get_progressing(self.actor, challenge_id), now()
        first, last = self.params.resolve_page(today_for(self.actor), page_size_of(request))
        challenge, own = standings.challenge, standings.own(self.actor)
        shown = [*self.paginate_queryset(standings), *([own] if own else [])]
        days = [progress_document(challenge, progress) for progress in get_progress(challenge, shown, first, last)]
        me = days.pop() if own else None
        paginator = cast("StandingsPagination", self.paginator)
        return paginator.get_standings_response(days, me=me, **beside(standings, present))
