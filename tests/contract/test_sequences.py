"""Requests one after the other, with the ids that earlier answers have brought: schemathesis finds out what goes with what.

What was made has to be found until it is deleted, and not after that; the checks of `test_fuzz` hold too.
"""

from collections import defaultdict
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from schemathesis import Case
from schemathesis.checks import positive_data_acceptance
from schemathesis.core.transport import Response

from tests.contract.test_fuzz import EXAMPLES, Cast, by_the_document, cast, fill, is_beyond_schema, load

pytestmark = pytest.mark.slow

__all__ = ["cast"]  # the fixture

SEQUENCES = EXAMPLES // 15
STEPS = 12


def test_what_was_made_is_there_until_it_is_deleted(cast: Cast) -> None:
    # Those that neither end the session nor change the account.
    linked: Any = load("positive").include(path_regex=r"/(habits|pauses|groups|personal-tokens|imports)/").as_state_machine()
    statuses: defaultdict[str, set[int]] = defaultdict(set)

    class Sequence(linked):
        def setup(self) -> None:
            self.taken_back = transaction.atomic()
            self.taken_back.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.taken_back.__exit__(None, None, None)

        def before_call(self, case: Case) -> None:
            fill(case, cast.habits)

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {cast.tokens['owner']}"}}

        def after_call(self, response: Response, case: Case) -> None:
            super().after_call(response, case)
            statuses[case.operation.label].add(response.status_code)

        def validate_response(self, response: Response, case: Case, **sent: Any) -> None:
            excluded = [positive_data_acceptance] if is_beyond_schema(response) else []
            case.validate_response(response, excluded_checks=excluded, recorder=self.recorder, **sent)

    Sequence.run(settings=settings(by_the_document, max_examples=SEQUENCES, stateful_step_count=STEPS, derandomize=True))
    # What the checks are about has come to pass.
    assert {201} <= statuses["POST /api/v1/habits/"]
    assert {204, 404} <= statuses["DELETE /api/v1/habits/{habit_id}/"]
    assert {200, 404} <= set.union(
        *(found for label, found in statuses.items() if label.startswith("GET /api/v1/habits/{habit_id}/"))
    )
