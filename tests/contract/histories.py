"""What everybody may see and do, as plainly as it can be said: sets and dictionaries, rules word by word from the contract.

It knows nothing of grants, locks or tables. People, groups and habits are known by their keys.
"""

from dataclasses import dataclass, field
from uuid import UUID

RANKS = {"member": 0, "admin": 1, "owner": 2}


@dataclass
class Group:
    """A group: its members' roles, who is banned, who waits, which habits it sees, and of which it was told a milestone."""

    is_public: bool
    policy: str
    roles: dict[UUID, str] = field(default_factory=dict)
    banned: set[UUID] = field(default_factory=set)
    waiting: set[UUID] = field(default_factory=set)
    shared: set[UUID] = field(default_factory=set)
    told: set[UUID] = field(default_factory=set)

    def owners(self) -> list[UUID]:
        return [person for person, role in self.roles.items() if role == "owner"]

    def unshare(self, habit: UUID) -> None:
        self.shared.discard(habit)
        self.told.discard(habit)


@dataclass
class Share:
    """A habit that is shared with one user."""

    habit: UUID
    user: UUID
    permission: str
    is_accepted: bool = False


@dataclass
class Model:
    """The world as it should look."""

    people: set[UUID] = field(default_factory=set)
    owner_of: dict[UUID, UUID] = field(default_factory=dict)
    groups: dict[UUID, Group] = field(default_factory=dict)
    shares: dict[UUID, Share] = field(default_factory=dict)
    # Habits that have had a streak of seven days.
    reached: set[UUID] = field(default_factory=set)

    # What is seen

    def own_groups(self, person: UUID) -> set[UUID]:
        return {key for key, group in self.groups.items() if person in group.roles}

    def sees_group(self, person: UUID, key: UUID) -> bool:
        group = self.groups[key]
        return group.is_public or person in group.roles

    def feed(self, key: UUID) -> set[tuple[str, UUID, UUID | None]]:
        """Return what the feed of a group tells its members: what, of whom, and about which habit."""
        group = self.groups[key]
        joined = {("joined", person, None) for person in group.roles}
        shared = {("shared", self.owner_of[habit], habit) for habit in group.shared}
        return joined | shared | {("milestone", self.owner_of[habit], habit) for habit in group.told}

    def permission(self, person: UUID, habit: UUID) -> str | None:
        """Return what a person may do with a habit: all, log, view or nothing."""
        if self.owner_of[habit] == person:
            return "all"
        mine = [
            share.permission
            for share in self.shares.values()
            if share.is_accepted and share.habit == habit and share.user == person
        ]
        if "log" in mine:
            return "log"
        by_group = any(habit in group.shared and person in group.roles for group in self.groups.values())
        return "view" if mine or by_group else None

    def seen_habits(self, person: UUID) -> dict[UUID, bool]:
        """Return the habits of others that a person sees, and whether they may be logged."""
        found = {habit: self.permission(person, habit) for habit, owner in self.owner_of.items() if owner != person}
        return {habit: word == "log" for habit, word in found.items() if word}

    def seen_shares(self, person: UUID) -> set[UUID]:
        return {key for key, share in self.shares.items() if person in (share.user, self.owner_of[share.habit])}

    # What ends

    def end_membership(self, person: UUID, key: UUID) -> None:
        group = self.groups[key]
        del group.roles[person]
        for habit in [habit for habit in group.shared if self.owner_of[habit] == person]:
            group.unshare(habit)

    def end_habit(self, habit: UUID) -> None:
        for group in self.groups.values():
            group.unshare(habit)
        self.shares = {key: share for key, share in self.shares.items() if share.habit != habit}
        del self.owner_of[habit]

    def end_account(self, person: UUID) -> None:
        for key in self.own_groups(person):
            self.end_membership(person, key)
        for group in self.groups.values():
            group.banned.discard(person)
            group.waiting.discard(person)
        for habit in [habit for habit, owner in self.owner_of.items() if owner == person]:
            self.end_habit(habit)
        self.shares = {key: share for key, share in self.shares.items() if share.user != person}
        self.people.discard(person)

    # What is answered

    def stranger(self, key: UUID) -> int:
        """Return what somebody hears who is no member and asks for what is a member's."""
        return 403 if self.groups[key].is_public else 404
