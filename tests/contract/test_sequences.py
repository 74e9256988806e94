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

from tests.contract.test_fuzz import EXAMPLES, Cast, by_the_document, cast, cast_of_the_module, fill, is_beyond_schema, load

pytestmark = pytest.mark.slow

__all__ = ["cast", "cast_of_the_module"]  # the fixtures

SEQUENCES = EXAMPLES // 15
STEPS = 12


# Those that neither end the session nor change the account, by what is made in them.
@pytest.mark.parametrize(
    ("made", "key", "below"),
    [
        ("habits", "habit_id", "habits|pauses|personal-tokens"),
        ("groups", "group_id", "groups"),
        ("share-links", "link_id", "share-links|shared"),
    ],
)
def test_what_was_made_is_there_until_it_is_deleted(cast: Cast, made: str, key: str, below: str) -> None:
    linked: Any = load("positive").include(path_regex=rf"/({below})/").as_state_machine()
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
    one = f"/api/v1/{made}/{{{key}}}/"
    assert 201 in statuses[f"POST /api/v1/{made}/"]
    assert 204 in statuses[f"DELETE {one}"]
    assert {200, 404} <= set.union(*(found for label, found in statuses.items() if label.startswith(f"GET {one}")))
