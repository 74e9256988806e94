"""What people do at random: each process has users of its own, tells the service, and writes down what it said yes to."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils.timezone import now

from benchmarks.soak.reckoning import GROUPS, HIDDEN, PUBLIC, Act, Entry, Ledger
from challenges.models import Participation
from challenges.services.joining import join_challenge, leave_challenge
from config.errors import DomainError
from config.identifiers import new_id
from groups.services.habits import share_habit, unshare_habit
from groups.services.joining import join_group, leave_group
from habits.domain.logs import LogStatus
from habits.services.batches import BatchRow, write_logs
from habits.services.habits import HabitDraft, create_habit, delete_habit
from habits.services.logs import Entry as LogEntry
from habits.services.logs import change_log, delete_log, put_log
from tests.habits.adapters import schedule_of
from tests.habits.reference_schedule import Schedule, log_status
from users.models import User
from users.services.accounts import set_active, update_profile

ZONES: Final = (
    *("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York"),
    *("Asia/Kolkata", "Australia/Lord_Howe", "America/Los_Angeles", "Asia/Tokyo"),
)
DAY_STARTS: Final = (0, 0, 0, 3, 6)
VISIBILITIES: Final = (PUBLIC, PUBLIC, PUBLIC, GROUPS, HIDDEN)
HABITS: Final = 3
GOAL_MILLI: Final = 30_000
HISTORY_DAYS: Final = 45


def _schedule(frequency: str, **more: Any) -> Schedule:
    return {"frequency": frequency, "interval": 1, "target_days": None, "target_count": None, "target": None, **more}


DAILY: Final = _schedule("daily")
MINUTES: Final = {"value_milli": GOAL_MILLI, "direction": "at_least", "scope": "day"}
SCHEDULES: Final = (
    DAILY,
    DAILY,
    _schedule("daily", target_days=[1, 2, 3, 4, 5]),
    _schedule("daily", interval=2),
    _schedule("daily", target=MINUTES),
    _schedule("weekly", target_count=2),
    _schedule("weekly", target_days=[6, 7]),
    _schedule("monthly", target_count=3),
)


class Stage(NamedTuple):
    """Where all may meet: the keys of open groups and public challenges."""

    groups: list[UUID]
    challenges: list[UUID]


class Crew:
    """Some users, with the journal of each."""

    def __init__(self, random: Random, stage: Stage) -> None:
        self.random, self.stage = random, stage
        self.ledgers: list[Ledger] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.entered: dict[UUID, list[UUID]] = defaultdict(list)
        self._put_off: list[tuple[User, Ledger]] = []
        self._acts: dict[Callable[[User, Ledger], None], int] = {
            self.log: 56,
            self.edit: 13,
            self.unlog: 13,
            self.log_many: 4,
            self.set_visibility: 6,
            self.switch_account: 2,
            self.share: 2,
            self.join_or_leave: 2,
            **dict.fromkeys((self.unshare, self.enter_or_leave, self.add_habit), 1),
        }

    def arrive(self, names: list[str]) -> None:
        """Store users with habits, some in a group or a challenge."""
        for name in names:
            zone, day_start = self.random.choice(ZONES), self.random.choice(DAY_STARTS)
            visibility = self.random.choice(VISIBILITIES)
            user = User(username=name, username_key=name, email=f"{name}@example.org", email_key=f"{name}@example.org")
            user.display_name, user.password = name, "!"
            user.timezone, user.day_start_hour, user.leaderboard_visibility = zone, day_start, visibility
            user.save(force_insert=True)
            ledger = Ledger(user.pk, zone, day_start, visibility)
            self.ledgers.append(ledger)
            for _ in range(HABITS):
                self.add_habit(user, ledger)
            for act, chance in ((self.enter_or_leave, 0.8), (self.share, 0.7), (self.join_or_leave, 0.5)):
                if self.random.random() < chance:
                    self._try(act, user, ledger)
        self.done.clear()

    def act(self, count: int) -> None:
        """Do so many things, what is refused not counted.

        To delete habits is put off until statistics are up to date, as challenges keep what these say.
        """
        enough = self.done.total() + count
        while self.done.total() < enough:
            (act,) = self.random.choices(list(self._acts), list(self._acts.values()))
            ledger = self.random.choice(self.ledgers)
            user = User.objects.get(pk=ledger.user)
            if self.random.random() < 0.005:
                self._put_off.append((user, ledger))
            elif user.is_active:
                self._try(act, user, ledger)
            else:
                self._try(self.switch_account, user, ledger)

    def delete_habits(self) -> None:
        """Do what was put off."""
        for user, ledger in self._put_off:
            self._try(self.delete_habit, user, ledger)
        self._put_off.clear()

    def _try(self, act: Callable[[User, Ledger], None], user: User, ledger: Ledger) -> None:
        try:
            act(user, ledger)
        except DomainError as error:
            self.refused[f"{act.__name__}: {error.code}"] += 1

    def _note(self, ledger: Ledger, act: Act, **more: Any) -> None:
        ledger.note(Entry(now(), act, **more))

    # What they do

    def log(self, user: User, ledger: Ledger) -> None:
        """Log a day, or say another thing of one."""
        habit = self._habit(ledger)
        day, said = self._day(ledger), self._said(ledger, habit)
        put_log(actor=user, habit_id=habit, day=day, entry=said)
        self._note_log(ledger, habit, day, said)
        self.done["logs"] += 1

    def edit(self, user: User, ledger: Ledger) -> None:
        """Change a log."""
        habit, logged = self._logged(ledger)
        if not logged:
            self.log(user, ledger)
            return
        day, said = self.random.choice(logged), self._said(ledger, habit)
        changes = {"status": said.status} if said.value_milli is None else {"value_milli": said.value_milli}
        change_log(actor=user, habit_id=habit, day=day, changes=changes)
        self._note_log(ledger, habit, day, said)
        self.done["edits"] += 1

    def unlog(self, user: User, ledger: Ledger) -> None:
        """Delete a log."""
        habit, logged = self._logged(ledger)
        if not logged:
            self.log(user, ledger)
            return
        day = self.random.choice(logged)
        delete_log(actor=user, habit_id=habit, day=day)
        self._note(ledger, Act.UNLOGGED, habit=habit, day=day)
        self.done["deletions of logs"] += 1

    def log_many(self, user: User, ledger: Ledger) -> None:
        """Log several days of several habits at once."""
        rows = []
        for _ in range(self.random.randint(2, 12)):
            habit = self._habit(ledger)
            rows.append(BatchRow(habit_id=habit, day=self._day(ledger), entry=self._said(ledger, habit)))
        write_logs(actor=user, rows=rows, is_partial=False)
        for row in rows:
            self._note_log(ledger, row.habit_id, row.day, row.entry)
        self.done["batches of 2 to 12 logs"] += 1

    def set_visibility(self, user: User, ledger: Ledger) -> None:
        """Want to be seen by others than before."""
        wanted = self.random.choice(VISIBILITIES)
        update_profile(user_id=user.pk, changes={"leaderboard_visibility": wanted})
        ledger.visibility = wanted
        self.done["changes of visibility"] += 1

    def switch_account(self, user: User, ledger: Ledger) -> None:
        """Be deactivated, or served again."""
        set_active(user, is_active=not ledger.is_active)
        ledger.is_active = not ledger.is_active
        self.done["accounts switched off or on"] += 1

    def share(self, user: User, ledger: Ledger) -> None:
        """Share a habit with a group."""
        if not self.entered[user.pk]:
            self.enter_or_leave(user, ledger)
            return
        group, habit = self.random.choice(self.entered[user.pk]), self._habit(ledger)
        share_habit(actor=user, group_id=group, habit_id=habit)
        self._note(ledger, Act.SHARED, habit=habit, scope=_scope("g", group))
        self.done["shared"] += 1

    def unshare(self, user: User, ledger: Ledger) -> None:
        """Take a habit out of a group, which may not see it."""
        group, habit = self._group(ledger), self._habit(ledger)
        unshare_habit(actor=user, group_id=group, habit_id=habit)
        self._note(ledger, Act.UNSHARED, habit=habit, scope=_scope("g", group))
        self.done["taken out of a group"] += 1

    def enter_or_leave(self, user: User, ledger: Ledger) -> None:
        """Leave a group, or become a member of it."""
        group = self._group(ledger)
        if group in self.entered[user.pk]:
            leave_group(actor=user, group_id=group)
            self._note(ledger, Act.GROUP_LEFT, scope=_scope("g", group))
            self.entered[user.pk].remove(group)
            self.done["groups left"] += 1
        else:
            join_group(actor=user, group_id=group)
            self.entered[user.pk].append(group)
            self.done["groups entered"] += 1

    def join_or_leave(self, user: User, ledger: Ledger) -> None:
        """Take part in a challenge with a habit, or do so no more."""
        challenge = self.random.choice(self.stage.challenges)
        scope = _scope("c", challenge)
        taking_part = Participation.objects.filter(challenge=challenge, user=user)
        if taking_part.exists():
            leave_challenge(actor=user, challenge_id=challenge)
            self._note(ledger, Act.CHALLENGE_LEFT, scope=scope)
            self.done["challenges left"] += 1
        elif fitting := [habit for habit in self._habits(ledger) if self._schedule(ledger, habit) == DAILY]:
            habit = self.random.choice(fitting)
            join_challenge(actor=user, challenge_id=challenge, habit_id=habit)
            self._note(ledger, Act.CHALLENGE_JOINED, habit=habit, scope=scope)
            self.done["challenges joined"] += 1

    def add_habit(self, user: User, ledger: Ledger) -> None:
        """Have one more habit, that was kept for some time already."""
        if len(self._habits(ledger)) >= 2 * HABITS:
            return
        schedule = self.random.choice(SCHEDULES)
        start = ledger.today(now()) - timedelta(days=HISTORY_DAYS)
        unit = "minutes" if schedule["target"] else ""
        draft = HabitDraft(name="Habit", schedule=schedule_of(schedule), start_date=start, unit=unit)
        habit_id = new_id()
        create_habit(actor=user, draft=draft, habit_id=habit_id)
        ledger.habits[habit_id] = {
            "start": start,
            "end": None,
            "versions": [(start, schedule)],
            "pauses": [],
            "archived_on": None,
        }
        self._note(ledger, Act.HABIT_ADDED, habit=habit_id)
        self.done["habits added"] += 1

    def delete_habit(self, user: User, ledger: Ledger) -> None:
        """Delete a habit, not the last one."""
        habit = self._habit(ledger)
        if len(self._habits(ledger)) > 1:
            at = now()
            delete_habit(actor=user, habit_id=habit)
            ledger.note(Entry(at, Act.HABIT_DELETED, habit))
            self.done["habits deleted"] += 1

    # With what

    def _habits(self, ledger: Ledger) -> list[UUID]:
        gone = {entry.habit for _, entry in ledger.changes if entry.act is Act.HABIT_DELETED}
        return [habit for habit in ledger.habits if habit not in gone]

    def _habit(self, ledger: Ledger) -> UUID:
        return self.random.choice(self._habits(ledger))

    def _schedule(self, ledger: Ledger, habit: UUID) -> Schedule:
        schedule: Schedule = ledger.habits[habit]["versions"][0][1]
        return schedule

    def _group(self, ledger: Ledger) -> UUID:
        """Return one of two groups that a user cares for."""
        own = Random(self.ledgers.index(ledger))
        return self.random.choice([own.choice(self.stage.groups), own.choice(self.stage.groups)])

    def _logged(self, ledger: Ledger) -> tuple[UUID, list[date]]:
        """Return a habit and its days that are logged, the last ones."""
        habit = self._habit(ledger)
        return habit, sorted(ledger.logs(habit, len(ledger.entries)))[-12:]

    def _day(self, ledger: Ledger) -> date:
        random = self.random
        ago = random.choice([0, 0, 0, 1, 1, 1, 2, 2, 3, random.randint(0, 8), random.randint(0, 8), random.randint(0, 40)])
        return ledger.today(now()) - timedelta(days=ago)

    def _said(self, ledger: Ledger, habit: UUID) -> LogEntry:
        if self._schedule(ledger, habit)["target"]:
            return LogEntry(value_milli=self.random.choice([0, GOAL_MILLI // 2, GOAL_MILLI, GOAL_MILLI, 2 * GOAL_MILLI]))
        return LogEntry(status=self.random.choice([LogStatus.COMPLETED] * 6 + [LogStatus.SKIPPED, LogStatus.MISSED]))

    def _note_log(self, ledger: Ledger, habit: UUID, day: date, said: LogEntry) -> None:
        value = said.value_milli
        status = str(said.status) if value is None else log_status(ledger.habits[habit], day, value)
        self._note(ledger, Act.LOGGED, habit=habit, day=day, log=(status, value))


def _scope(letter: str, key: UUID) -> str:
    return f"{letter}{key}"


def instant(day: date, hour: int, minute: int) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+00:00")
