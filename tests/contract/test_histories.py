"""Random histories of groups and shares: after each step everybody sees what a small model says, and no more.

Each step is a request of somebody, mostly allowed, whose status the model foretells. `HISTORY_STEPS` sets how many are played.
"""

import math
import os
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import time_machine
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from rest_framework.test import APIClient

from config.rates import Rate
from groups.models import JoinRequest
from groups.selectors.feed import list_events
from groups.selectors.groups import list_members, list_own_groups
from groups.selectors.habits import list_shared_habits as list_group_habits
from groups.services.grants import rebuild_all_grants as rebuild_role_grants
from habits.selectors.habits import list_shared_habits
from sharing.selectors.shares import list_shares
from sharing.services.grants import rebuild_all_grants as rebuild_share_grants
from tests.contract.histories import RANKS, Group, Model, Share
from tests.factories.groups import GroupFactory
from tests.factories.habits import HabitFactory, days_until
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, NOW, TODAY
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

STEPS = int(os.environ.get("HISTORY_STEPS", "200"))
STEPS_OF_A_HISTORY = 50
PEOPLE, HABITS_EACH = 5, 2
START = TODAY - timedelta(days=30)
KINDS = ((True, "open"), (True, "request"), (False, "invite"))

# What people do, and how often: what leads nowhere is rare.
ACTS = {
    **dict.fromkeys(("join", "leave", "decide", "invite_and_accept", "change_role", "remove", "lift", "show_or_hide"), 2),
    **dict.fromkeys(("share_with_group", "share_with_user", "accept", "log"), 4),
    **dict.fromkeys(("unshare_from_group", "end_share", "log_a_week"), 2),
    **dict.fromkeys(("replace_group", "delete_habit", "end_account"), 1),
}
acts = st.sampled_from([name for name, weight in ACTS.items() for _ in range(weight)])
# Of a size of which each is as likely as the others.
seeds = st.integers(min_value=0, max_value=2**20 - 1)


class Histories(RuleBasedStateMachine):
    """Five people with two habits each, and three groups: open, by request, and private."""

    # Of all histories together.
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.users: dict[UUID, User] = {}
        self.clients: dict[UUID, APIClient] = {}
        self.random = Random(0)
        self.story = transaction.atomic()
        self.story.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        self.random = Random(seed)
        for _ in range(PEOPLE):
            self.arrive()
        for kind in KINDS:
            self.found(self.someone(), *kind)

    @rule(name=acts, seed=seeds)
    def act(self, name: str, seed: int) -> None:
        """Have somebody do something; one rule for all, since hypothesis leaves rules out of a history at will."""
        self.random = Random(seed)
        getattr(self, name)()

    # The world and the model, changed together

    def arrive(self) -> None:
        user = UserFactory()
        self.users[user.pk] = user
        self.clients[user.pk] = APIClient()
        self.clients[user.pk].force_authenticate(user)
        self.model.people.add(user.pk)
        for _ in range(HABITS_EACH):
            self.model.owner_of[HabitFactory(owner=user, start_date=START).pk] = user.pk

    def found(self, person: UUID, is_public: bool, policy: str) -> None:
        visibility = "public" if is_public else "private"
        group = GroupFactory(owner=self.users[person], visibility=visibility, join_policy=policy)
        self.model.groups[group.pk] = Group(is_public, policy, {person: "owner"})

    def pick(self, keys: Iterable[Any]) -> Any:
        return self.random.choice(sorted(keys))

    def someone(self) -> UUID:
        return self.pick(self.model.people)

    def is_apt(self) -> bool:
        """Tell whether somebody acts who may, as mostly: most of what others try is refused, and leads nowhere."""
        return self.random.random() < 0.8

    def manager(self, place: Group) -> UUID:
        managers = [person for person, role in place.roles.items() if role != "member"]
        return self.pick(managers if self.is_apt() else self.model.people)

    def ask(self, person: UUID, method: str, path: str, body: Any = None) -> Any:
        answer = getattr(self.clients[person], method)(f"{API}/{path}", body, format="json")
        assert answer.status_code < 500, answer.content
        return answer

    def expect(self, status: int, person: UUID, method: str, path: str, body: Any = None) -> bool:
        """Send a request, hold that it is answered as foretold, and return whether it was taken."""
        answer = self.ask(person, method, path, body)
        assert answer.status_code == status, (method, path, body, answer.content)
        return status < 300

    # Coming and going

    def join(self) -> None:
        who, key = self.someone(), self.pick(self.model.groups)
        place = self.model.groups[key]
        if who in place.roles:
            status = 200
        elif not place.is_public:
            status = 404
        elif who in place.banned:
            status = 403
        else:
            status = {"open": 200, "request": 202, "invite": 403}[place.policy]
        if self.expect(status, who, "post", f"groups/{key}/join/") and who not in place.roles:
            if status == 200:
                place.roles[who] = "member"
                place.waiting.discard(who)
            else:
                place.waiting.add(who)

    def leave(self) -> None:
        who, key = self.someone(), self.pick(self.model.groups)
        place = self.model.groups[key]
        status = (204 if place.is_public else 404) if who not in place.roles else 409 if place.owners() == [who] else 204
        if self.expect(status, who, "post", f"groups/{key}/leave/"):
            place.waiting.discard(who)
            if who in place.roles:
                self.model.end_membership(who, key)

    def decide(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        if not place.waiting:
            return
        whom, word = self.pick(place.waiting), self.pick(["approve", "decline"])
        request = JoinRequest.objects.get(group=key, user=whom)
        status = self.power(who, key) or (200 if word == "approve" else 204)
        if self.expect(status, who, "post", f"groups/{key}/join-requests/{request.pk}/{word}/"):
            place.waiting.discard(whom)
            if word == "approve":
                place.roles[whom] = "member"

    def invite_and_accept(self) -> None:
        whom, key = self.someone(), self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        answer = self.ask(who, "post", f"groups/{key}/invitations/", {"max_uses": 1})
        assert answer.status_code == (self.power(who, key) or 201)
        if answer.status_code != 201:
            return
        status = 200 if whom in place.roles else 403 if whom in place.banned else 200
        if self.expect(status, whom, "post", f"invitations/{answer.json()['token']}/accept/"):
            place.roles.setdefault(whom, "member")
            place.waiting.discard(whom)

    # Power

    def power(self, person: UUID, key: UUID) -> int | None:
        """Return what somebody hears who does not manage the group; None for who does."""
        role = self.model.groups[key].roles.get(person)
        if role is None:
            return self.model.stranger(key)
        return 403 if role == "member" else None

    def reach(self, person: UUID, key: UUID, *words: str) -> int | None:
        own = RANKS[self.model.groups[key].roles[person]]
        return 403 if any(RANKS[word] > own for word in words) else None

    def change_role(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        whom = self.pick((self.is_apt() and place.roles) or self.model.people)
        status, role = self.power(who, key), self.pick(RANKS)
        if status is None and whom not in place.roles:
            status = 404
        if status is None:
            status = self.reach(who, key, place.roles[whom], role)
        if status is None and place.owners() == [whom] and role != "owner":
            status = 409
        if self.expect(status or 200, who, "patch", f"groups/{key}/members/{whom}/", {"role": role}):
            place.roles[whom] = role

    def remove(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        whom = self.pick((self.is_apt() and place.roles) or self.model.people)
        status, is_ban = self.power(who, key), self.pick([False, True])
        if status is None and is_ban and whom in place.banned:
            status = 204
        elif status is None and whom not in place.roles:
            status = None if is_ban and whom in place.waiting else 404
        elif status is None:
            status = self.reach(who, key, place.roles[whom]) or (409 if place.owners() == [whom] else None)
        if self.expect(status or 204, who, "delete", f"groups/{key}/members/{whom}/" + ("?ban=true" if is_ban else "")):
            if whom in place.roles:
                self.model.end_membership(whom, key)
            if is_ban:
                place.waiting.discard(whom)
                place.banned.add(whom)

    def lift(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        whom = self.pick((self.is_apt() and place.banned) or self.model.people)
        status = self.power(who, key) or (204 if whom in place.banned else 404)
        if self.expect(status, who, "delete", f"groups/{key}/bans/{whom}/"):
            place.banned.discard(whom)

    def show_or_hide(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        who = self.manager(place)
        is_public = self.pick([False, True])
        body = {"visibility": "public" if is_public else "private"}
        if self.expect(self.power(who, key) or 200, who, "patch", f"groups/{key}/", body):
            place.is_public = is_public
            if not is_public:
                place.waiting.clear()

    def replace_group(self) -> None:
        who, key = self.someone(), self.pick(self.model.groups)
        role = self.model.groups[key].roles.get(who)
        status = self.model.stranger(key) if role is None else 204 if role == "owner" else 403
        if self.expect(status, who, "delete", f"groups/{key}/"):
            del self.model.groups[key]
            self.found(who, *self.random.choice(KINDS))

    # Habits that groups see

    def share_with_group(self) -> None:
        what = self.pick(self.model.owner_of)
        who = self.model.owner_of[what] if self.is_apt() else self.someone()
        key = self.pick((self.is_apt() and self.model.own_groups(who)) or self.model.groups)
        place = self.model.groups[key]
        if who not in place.roles:
            status = self.model.stranger(key)
        elif self.model.owner_of[what] != who:
            status = 400
        else:
            status = 200 if what in place.shared else 201
        if self.expect(status, who, "post", f"groups/{key}/habits/", {"habit": str(what)}):
            place.shared.add(what)

    def unshare_from_group(self) -> None:
        key = self.pick(self.model.groups)
        place = self.model.groups[key]
        what = self.pick((self.is_apt() and place.shared) or self.model.owner_of)
        who = self.model.owner_of[what] if self.is_apt() else self.someone()
        role = place.roles.get(who)
        if role is None:
            status = self.model.stranger(key)
        elif what not in place.shared:
            status = 404
        else:
            status = 403 if role == "member" and self.model.owner_of[what] != who else 204
        if self.expect(status, who, "delete", f"groups/{key}/habits/{what}/"):
            place.unshare(what)

    # Habits that single users see

    def share_with_user(self) -> None:
        what, whom, word = self.pick(self.model.owner_of), self.someone(), self.pick(["view", "log"])
        who = self.model.owner_of[what] if self.is_apt() else self.someone()
        may = self.model.permission(who, what)
        known = [share for share in self.model.shares.values() if (share.habit, share.user) == (what, whom)]
        if may != "all":
            status = 404 if may is None else 403
        elif whom == who:
            status = 400
        elif known:
            status = 200 if known[0].permission == word else 409
        else:
            status = 201
        body = {"user": self.users[whom].username, "permission": word}
        answer = self.ask(who, "post", f"habits/{what}/shares/", body)
        assert answer.status_code == status, answer.content
        if status == 201:
            self.model.shares[UUID(answer.json()["id"])] = Share(what, whom, word)

    def accept(self) -> None:
        if not self.model.shares:
            return
        key = self.pick(self.model.shares)
        known = self.model.shares[key]
        who = known.user if self.is_apt() else self.someone()
        status = 200 if who == known.user else 403 if self.model.owner_of[known.habit] == who else 404
        if self.expect(status, who, "post", f"shares/{key}/accept/"):
            known.is_accepted = True

    def end_share(self) -> None:
        if not self.model.shares:
            return
        key = self.pick(self.model.shares)
        known = self.model.shares[key]
        who = self.pick([known.user, self.model.owner_of[known.habit]]) if self.is_apt() else self.someone()
        status = 204 if who in (known.user, self.model.owner_of[known.habit]) else 404
        if self.expect(status, who, "delete", f"shares/{key}/"):
            del self.model.shares[key]

    # What habits take

    def log(self) -> None:
        who = self.someone()
        what = self.pick((self.is_apt() and self.model.seen_habits(who)) or self.model.owner_of)
        may = self.model.permission(who, what)
        answer = self.ask(who, "put", f"habits/{what}/logs/{TODAY}/", {})
        assert answer.status_code in {"all": (200, 201), "log": (200, 201), "view": (403,), None: (404,)}[may], answer.content

    def log_a_week(self) -> None:
        """A streak of seven days is a milestone: once, and told to whoever sees the habit then."""
        what = self.pick(self.model.owner_of)
        rows = [{"habit": str(what), "date": str(day)} for day in days_until(TODAY, 7)]
        self.expect(200, self.model.owner_of[what], "post", "logs/batch/", rows)
        if what not in self.model.reached:
            self.model.reached.add(what)
            for place in self.model.groups.values():
                place.told |= place.shared & {what}

    def delete_habit(self) -> None:
        what = self.pick(self.model.owner_of)
        who = self.model.owner_of[what] if self.is_apt() else self.someone()
        status = {"all": 204, "log": 403, "view": 403, None: 404}[self.model.permission(who, what)]
        if self.expect(status, who, "delete", f"habits/{what}/"):
            self.model.end_habit(what)
            self.model.owner_of[HabitFactory(owner=self.users[who], start_date=START).pk] = who

    def end_account(self) -> None:
        needed = {place.owners()[0] for place in self.model.groups.values() if len(place.owners()) == 1}
        who = self.pick((self.is_apt() and self.model.people - needed) or self.model.people)
        is_needed = who in needed
        if self.expect(409 if is_needed else 204, who, "delete", "users/me/", {"current_password": PASSWORD}):
            self.model.end_account(who)
            self.arrive()

    # What is seen

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for person in self.model.people:
            self.check_lists(person)
        type(self).steps += 1
        if self.steps % 3 == 0:
            self.check_answers(self.someone())
        if self.steps % 10 == 0:
            assert [*rebuild_role_grants(repair=False), *rebuild_share_grants(repair=False)] == []

    def check_lists(self, person: UUID) -> None:
        """Hold what the queries give that all answers are made of."""
        user, model = self.users[person], self.model
        assert keys(list_own_groups(user)) == model.own_groups(person)
        assert dict(list_shared_habits(user).values_list("pk", "may_log")) == model.seen_habits(person)
        assert keys(list_shares(user, None)) == model.seen_shares(person)
        for key in model.own_groups(person):
            assert keys(list_members(user, key), "user") == set(model.groups[key].roles)
            assert keys(list_group_habits(user, key), "habit") == model.groups[key].shared
            events = list_events(user, key).values_list("kind", "membership__user", "shared__habit")
            assert set(events) == model.feed(key)

    def check_answers(self, person: UUID) -> None:
        """Hold what somebody is answered, whatever is asked for."""
        for habit in self.model.owner_of:
            found = self.ask(person, "get", f"habits/{habit}/").status_code
            assert found == (404 if self.model.permission(person, habit) is None else 200)
        for key in self.model.groups:
            stranger = None if person in self.model.groups[key].roles else self.model.stranger(key)
            assert self.ask(person, "get", f"groups/{key}/").status_code == (404 if stranger == 404 else 200)
            self.check_page(person, key, "members", stranger, set(self.model.groups[key].roles))
            self.check_page(person, key, "habits", stranger, self.model.groups[key].shared)
            self.check_page(person, key, "progress", stranger, set(self.model.groups[key].roles))
            self.check_page(person, key, "feed", stranger, None)

    def check_page(self, person: UUID, key: UUID, path: str, stranger: int | None, seen: set[UUID] | None) -> None:
        answer = self.ask(person, "get", f"groups/{key}/{path}/")
        assert answer.status_code == (stranger or 200)
        if stranger is None and seen is not None:
            name = "habit" if path == "habits" else "user"
            assert {UUID(row[name]["id"]) for row in answer.json()["results"]} == seen


def keys(rows: QuerySet[Any], column: str = "pk") -> set[UUID]:
    return set(rows.values_list(column, flat=True))


def test_everybody_sees_what_the_model_says_whatever_happened(settings) -> None:
    settings.LIMITS = dict.fromkeys(settings.LIMITS, Rate(10**6, 60))
    chosen = hypothesis.settings(
        max_examples=math.ceil(min(STEPS, 500) / STEPS_OF_A_HISTORY),
        stateful_step_count=STEPS_OF_A_HISTORY,
        deadline=None,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with time_machine.travel(NOW, tick=False):
        while Histories.steps < STEPS:
            run_state_machine_as_test(Histories, settings=chosen)
