"""Roles, and who may do what to whom."""

from itertools import product

import pytest

from groups.domain.joining import State, state_of
from groups.domain.roles import POWERS, ROLES, Power, Role, reaches


def test_each_role_may_do_what_those_below_may() -> None:
    for higher, lower in product(ROLES, ROLES):
        assert reaches(higher, lower) == (set(POWERS[lower]) <= set(POWERS[higher]))
    assert set(POWERS[Role.OWNER]) == set(Power)


def test_every_role_in_question_has_to_be_reached() -> None:
    assert reaches(Role.ADMIN, Role.MEMBER, Role.ADMIN)
    assert not reaches(Role.ADMIN, Role.MEMBER, Role.OWNER)
    assert not reaches(Role.ADMIN, Role.OWNER, Role.MEMBER)
    assert reaches(Role.OWNER, Role.OWNER, Role.OWNER)


@pytest.mark.parametrize("is_pending", [True, False])
@pytest.mark.parametrize("is_banned", [True, False])
@pytest.mark.parametrize("role", [None, *ROLES])
def test_somebody_stands_to_a_group_in_one_way(role: Role | None, is_banned: bool, is_pending: bool) -> None:
    found = state_of(role, is_banned=is_banned, is_pending=is_pending)
    if role is not None:
        assert found is State.MEMBER
    elif is_banned:
        assert found is State.BANNED
    else:
        assert found is (State.PENDING if is_pending else State.NONE)
