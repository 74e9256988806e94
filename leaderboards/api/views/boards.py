"""Boards, their places, and one's own."""

from typing import Any, ClassVar, Final, cast

from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden, NotFound
from config.rest.conditional import tag_of
from config.rest.errors import NotAuthenticated
from config.rest.limits import By, Limit, count
from config.rest.permissions import GUEST, USER
from config.rest.schema import operation
from config.rest.serializers import rows
from config.rest.views import ApiViewSet
from leaderboards.api.serializers import examples
from leaderboards.api.serializers.boards import (
    BoardPagination,
    BoardParams,
    BoardSerializer,
    OwnPlaceParams,
    OwnPlaceSerializer,
    PlaceSerializer,
    board_documents,
    own_document,
    place_documents,
)
from leaderboards.domain.boards import Metric
from leaderboards.domain.rates import LEAST_EXPECTED
from leaderboards.domain.scopes import EVERYBODY
from leaderboards.selectors.boards import MOMENT_SECONDS, Places, get_places, get_public_places, today_of

# What is at hand is not counted.
READING: Final = Limit(setting="LIMIT_BOARD_ADDRESS", by=By.ADDRESS)
PUBLIC: Final = f"public, max-age={MOMENT_SECONDS}"


class BoardViewSet(ApiViewSet):
    """Leaderboards."""

    area = "leaderboards"
    access: ClassVar = {"boards": GUEST, "places": GUEST, "own": USER}
    list_actions = frozenset({"places"})
    path_words: ClassVar = {"metric": [metric.value for metric in Metric]}
    query_params: ClassVar = {"places": BoardParams, "own": OwnPlaceParams}
    conditional_actions = frozenset({"places"})
    refusals: ClassVar = {"places": [Forbidden, NotFound], "own": [Forbidden, NotFound]}
    pagination_class = BoardPagination
    params: BoardParams

    @operation(
        "List the leaderboards",
        "What is ranked, among whom, and the days of each period as of one's own today, or UTC's without a token.",
        response=rows(BoardSerializer, most=len(Metric)),
        response_example=examples.BOARD,
    )
    def boards(self, request: Request) -> Response:
        return Response(board_documents(today_of(self._known, now())))

    @operation(
        "Read a leaderboard",
        "Everybody's, which takes no token, shows by their display names those whose `leaderboard_visibility` is `public`; a "
        "group's, and a challenge's, all but those who are `hidden`. Only scores above 0 have a place. A user's streak is the "
        "best of the habits that count: all own ones, those shared with the group, the one that takes part. Success rates, of "
        f"all that count together and from {LEAST_EXPECTED} expected completions on, are ranked in groups and challenges alone. "
        "A period is closed 48 hours after its end in UTC; nothing that is logged changes it then, which `is_final` tells. "
        "Without a token the "
        f"answer is up to {MOMENT_SECONDS} seconds old, the same for everybody, and may be kept for {MOMENT_SECONDS} more.",
        response=PlaceSerializer(many=True),
        response_example=examples.PLACE,
    )
    def places(self, request: Request, metric: str) -> Response:
        places = self._places(metric)
        documents = place_documents(self.paginate_queryset(places), places)
        response = cast("BoardPagination", self.paginator).get_board_response(documents, places)
        if self._known is None:
            response.headers["Cache-Control"] = PUBLIC
        response.headers["ETag"] = f"W/{tag_of({**response.data, 'as_of': None})}"
        patch_vary_headers(response, ["Authorization"])
        return response

    @operation(
        "Read one's own place on a leaderboard",
        "With the places next above and next below. Who has none gets a `reason` instead of a rank.",
        response=OwnPlaceSerializer,
        response_example=examples.OWN_PLACE,
    )
    def own(self, request: Request, metric: str) -> Response:
        places = self._places(metric)
        return Response(own_document(places.own(self.actor, self.params.values["neighbors"]), places))

    def _places(self, name: str) -> Places:
        scope, metric = self.params.scope_named, Metric(name)
        period, unit = self.params.resolve(metric)
        if self._known is not None:
            return get_places(self._known, scope, metric, period, unit)
        if scope != EVERYBODY:
            raise NotAuthenticated
        return get_public_places(metric, period, unit, lambda: count(READING, self.request))

    @property
    def _known(self) -> Any:
        return self.actor if self.actor.is_authenticated else None
