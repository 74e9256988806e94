"""The cast of the tests: who owns habits, who was granted what on them, and who was not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import Group as UserGroup
from rest_framework.test import APIClient

from challenges.domain.terms import Visibility as ChallengeVisibility
from challenges.models import Announcement, Challenge
from config.access import grant_to_group
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import FeedEvent, Group, Invitation, JoinRequest
from groups.services.habits import share_habit
from groups.services.invitations import create_invitation, token_of
from groups.services.joining import join_group, leave_group
from groups.services.members import ban_from_group
from habits.models import Goal, Habit, HabitPause, Milestone
from habits.permissions import LOG, VIEW
from habits.services.batches import BatchRow, write_logs
from habits.services.editing import update_habit
from habits.services.logs import Entry
from habits.services.pauses import create_pause
from integrations.models import Import
from sharing.domain.shown import LinkKind
from sharing.models import Achievement, Share, ShareLink
from sharing.services.links import LinkDraft, create_link
from tests.factories.challenges import ChallengeFactory, ask, new_announcement, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days, new_goal
from tests.factories.sharing import new_achievement, offer, share_with
from tests.factories.users import JobFactory, UserFactory
from users.models import Export, Job, PersonalToken, Session, User
from users.services.sessions import open_session
from users.services.tokens import create_personal_token

API = "/api/v1"
NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
TODAY = date(2026, 6, 17)
"""A Wednesday."""
LOGGED = date(2026, 6, 15)
MISSING = UUID("00000000-0000-7000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class World:
    """Users by their part, and what belongs to `owner`; `foreign` is the outsider's own habit.

    `club` is a private group, `forum` a public one that is joined by request. Both have the same people: `owner` and `founder`
    own them, `admin` and `member` are what they are called, `banned` and `former` were members. `asker` waits to join the forum.
    Both see the owner's measured habit and the member's own one, `swimming`.

    `race` is a private challenge of the owner's, in which `owner` and `viewer` take part, and to which `logger` is invited.

    `share` is that of the daily habit with the viewer, `offered` one with `invited`, who has not accepted it yet.
    """

    owner: User
    viewer: User
    logger: User
    member: User
    outsider: User
    inactive: User
    staff: User
    founder: User
    admin: User
    banned: User
    former: User
    asker: User
    invited: User
    group: UserGroup
    club: Group
    forum: Group
    request: JoinRequest
    invitation: Invitation
    link: ShareLink
    daily: Habit
    measured: Habit
    archived: Habit
    foreign: Habit
    swimming: Habit
    event: FeedEvent
    pause: HabitPause
    goal: Goal
    milestone: Milestone
    share: Share
    offered: Share
    achievement: Achievement
    race: Challenge
    announcement: Announcement
    job: Job
    imported: Import
    session: Session
    token: PersonalToken

    @property
    def ids(self) -> dict[str, object]:
        """What the placeholders of addresses stand for: what belongs to the owner."""
        ids = {
            "habit": self.daily.pk,
            "pause": self.pause.pk,
            "goal": self.goal.pk,
            "job": self.job.pk,
            "import": self.imported.pk,
        }
        ids |= {"user": self.owner.pk, "session": self.session.pk, "token": self.token.pk, "goal": self.goal.pk}
        ids |= {"group": self.club.pk, "member": self.member.pk, "banned_user": self.banned.pk, "request": self.request.pk}
        ids |= {"share": self.share.pk, "achievement": self.achievement.pk}
        ids |= {"invitation": self.invitation.pk, "invitation_key": token_of(self.invitation.pk)}
        ids |= {"link": self.link.pk, "share_key": self.link.token}
        ids |= {"shared_habit": self.measured.pk, "event": self.event.pk}
        ids |= {"challenge": self.race.pk, "participant": self.viewer.pk, "invited_user": self.logger.pk}
        ids |= {"announcement": self.announcement.pk}
        return {**ids, "date": LOGGED, "metric": "completions"}

    def client(self, role: str = "owner") -> APIClient:
        """Return a client with the access token of somebody of the cast, or of `anonymous` without one."""
        return client_of(None if role == "anonymous" else getattr(self, role))


def client_of(user: User | None) -> APIClient:
    """Return a client that sends a user's access token, or none."""
    client = APIClient()
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {open_session(user).access}")
    return client


def answer_to(user: User, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Send a request of a user; return the status of the answer, and what it says."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = getattr(client_of(user), method)(f"{API}/{path}", body, headers=names)
    return answer.status_code, answer.json() if answer.content else None


def build_world() -> World:
    """Store the cast: the daily habit is shared with `viewer`, with `logger` to log it, and `member` may do both by a group."""
    names = ("owner", "viewer", "logger", "member", "outsider", "inactive", "staff")
    names += ("founder", "admin", "banned", "former", "asker", "invited")
    cast = {name: UserFactory(username=name, is_staff=name == "staff") for name in names}
    owner = cast["owner"]
    daily = HabitFactory(
        owner=owner, name="Read", description="Before bed", tags=("Evening", "Übung"), start_date=date(2026, 6, 1)
    )
    measured = MeasuredHabitFactory(owner=owner, name="Walk", start_date=date(2026, 6, 1))
    archived = HabitFactory(owner=owner, name="Smoke less", start_date=date(2026, 6, 1))
    entries = {daily: Entry(note="In the rain"), measured: Entry(value_milli=45_000), archived: Entry()}
    rows = [BatchRow(habit_id=habit.pk, day=LOGGED, entry=entry) for habit, entry in entries.items()]
    write_logs(actor=owner, rows=rows, is_partial=False)
    update_habit(actor=owner, habit_id=archived.pk, changes={"archived_on": TODAY})
    foreign = HabitFactory(owner=cast["outsider"], name="Foreign", start_date=date(2026, 6, 1))
    log_days(foreign, [LOGGED])
    group = UserGroup.objects.create(name="friends")
    group.user_set.add(cast["member"])
    share = share_with(daily, cast["viewer"])
    for name in ("logger", "inactive"):
        share_with(daily, cast[name], "log")
    # Whoever is inactive would see everything, were it not for that.
    cast["inactive"].is_active = False
    cast["inactive"].save()
    grant_to_group(daily, group, [VIEW, LOG])
    job = new_export(owner)
    pause = create_pause(actor=owner, habit_id=daily.pk, start=date(2026, 7, 1), end=date(2026, 7, 14))
    club, forum = found_group(cast, Visibility.PRIVATE), found_group(cast, Visibility.PUBLIC)
    swimming = HabitFactory(owner=cast["member"], name="Swim", start_date=date(2026, 6, 1))
    for seen in (club, forum):
        for habit in (measured, swimming):
            share_habit(actor=habit.owner, group_id=seen.pk, habit_id=habit.pk)
    race = ChallengeFactory(owner=owner, title="The race", visibility=ChallengeVisibility.PRIVATE)
    for name in ("viewer", "logger"):
        ask(race, cast[name], owner)
    take_part(race, owner, daily)
    take_part(race, cast["viewer"])
    return World(
        **cast,
        group=group,
        club=club,
        forum=forum,
        request=new_request(club, cast["viewer"]),
        invitation=create_invitation(actor=owner, group_id=club.pk)[0],
        link=new_link(daily, title="Reading"),
        daily=Habit.objects.get(pk=daily.pk),
        measured=measured,
        archived=archived,
        foreign=foreign,
        swimming=swimming,
        event=event_of(club, measured),
        pause=pause,
        goal=new_goal(daily),
        milestone=Milestone.objects.create(habit=daily, kind="completions", count=10, reached_on=LOGGED),
        share=share,
        offered=offer(daily, cast["invited"], "log"),
        achievement=new_achievement(daily, cast["viewer"]),
        race=Challenge.objects.get(pk=race.pk),
        announcement=new_announcement(race, owner),
        job=job,
        imported=new_import(job),
        session=new_session(owner),
        token=new_token(owner),
    )


def found_group(cast: dict[str, User], visibility: Visibility) -> Group:
    """Store a group of the owner's with everybody who has a part in it."""
    group = GroupFactory(owner=cast["owner"], name=f"The {visibility} one", visibility=visibility, join_policy=JoinPolicy.REQUEST)
    for name, role in {"founder": Role.OWNER, "admin": Role.ADMIN}.items():
        enter(group, cast[name], role)
    for name in ("member", "banned", "former"):
        enter(group, cast[name])
    ban_from_group(actor=cast["owner"], group_id=group.pk, user_id=cast["banned"].pk)
    leave_group(actor=cast["former"], group_id=group.pk)
    if visibility == Visibility.PUBLIC:
        join_group(actor=cast["asker"], group_id=group.pk)
    return group


def new_request(group: Group, user: User) -> JoinRequest:
    """Store a request to join a group."""
    return JoinRequest.objects.create(group=group, user=user)


def event_of(group: Group, habit: Habit) -> FeedEvent:
    """Return the event by which a group was told that it sees a habit."""
    return FeedEvent.objects.get(group=group, shared__habit=habit, kind="shared")


def foreign_ids(world: World) -> dict[str, object]:
    """Store what the outsider does not have yet, and return what the placeholders of addresses stand for then."""
    job = new_export(world.outsider)
    group = GroupFactory(owner=world.outsider)
    member, banned, asker, friend = (UserFactory(password="!") for _ in range(4))
    for user in (member, banned):
        enter(group, user)
    ban_from_group(actor=world.outsider, group_id=group.pk, user_id=banned.pk)
    share_habit(actor=world.outsider, group_id=group.pk, habit_id=world.foreign.pk)
    race = ChallengeFactory(owner=world.outsider, visibility=ChallengeVisibility.PRIVATE)
    for user in (friend, asker):
        ask(race, user, world.outsider)
    take_part(race, friend)
    return {
        "group": group.pk,
        "member": member.pk,
        "banned_user": banned.pk,
        "request": new_request(group, asker).pk,
        "invitation": (invitation := create_invitation(actor=world.outsider, group_id=group.pk)[0]).pk,
        "invitation_key": token_of(invitation.pk),
        "link": (link := new_link(world.foreign)).pk,
        "share_key": link.token,
        "habit": world.foreign.pk,
        "share": offer(world.foreign, friend).pk,
        "achievement": new_achievement(world.foreign, friend).pk,
        "shared_habit": world.foreign.pk,
        "event": event_of(group, world.foreign).pk,
        "challenge": race.pk,
        "participant": friend.pk,
        "invited_user": asker.pk,
        "announcement": new_announcement(race, world.outsider).pk,
        "pause": create_pause(actor=world.outsider, habit_id=world.foreign.pk, start=TODAY, end=None).pk,
        "goal": new_goal(world.foreign).pk,
        "job": job.pk,
        "import": new_import(job).pk,
        "user": world.outsider.pk,
        "session": new_session(world.outsider).pk,
        "token": new_token(world.outsider).pk,
        "date": LOGGED,
    }


def new_link(habit: Habit, kind: LinkKind = LinkKind.STREAK, **draft: Any) -> ShareLink:
    """Store a public link of the habit's owner."""
    return create_link(actor=habit.owner, draft=LinkDraft(habit_id=habit.pk, kind=kind, **draft))[0]


def new_session(user: User) -> Session:
    """Store a session of a user, as on another device."""
    open_session(user)
    return Session.objects.filter(user=user).latest("id")


def new_token(user: User) -> PersonalToken:
    """Store a personal token of a user."""
    return create_personal_token(actor=user, name="Display", scopes=["habits:read"], expires_at=None)[0]


def new_export(user: User) -> Job:
    """Store a job of a user that has made an export."""
    job = JobFactory(owner=user)
    Export.objects.create(job=job, content=b"zip", expires_at=NOW + timedelta(days=7))
    return job


def new_import(job: Job) -> Import:
    """Store an import of the job's owner."""
    return Import.objects.create(owner=job.owner, job=job, format="loop", file_name="backup.db", dry_run=False)


def stored() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of our own tables: what a refused request must not have changed."""
    names = ("users", "habits", "groups", "sharing", "challenges", "integrations")
    models = [model for name in names for model in apps.get_app_config(name).get_models()]
    return {model.__name__: sorted(model._base_manager.values_list(), key=repr) for model in models}
