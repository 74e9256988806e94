"""Users with habits and logs, and statistics as of today that the service's own code has computed."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction

from challenges.domain.terms import Scoring, Visibility
from challenges.models import Challenge, Participation
from challenges.services.challenges import ChallengeDraft, create_challenge
from challenges.services.joining import join_challenge
from config.rest.pagination import DEFAULT_PAGE_SIZE
from habits.domain.schedule import Frequency, Schedule, Target
from habits.models import Habit
from habits.services.habits import HabitDraft, create_habit
from habits.services.stats import recount
from users.models import User
from users.selectors import today_for
from users.services.sessions import open_session

YEAR: Final = 365
DECADE: Final = 3_650
RACE_DAYS: Final = 20
FEW, CROWD = 100, 10_000
"""How many people there are in a challenge."""
GOAL_MILLI: Final = 30_000
# A third of the habits is not done day by day or by a plain yes, as in life; the same mix for everybody.
SCHEDULES: Final = (
    Schedule.of(Frequency.DAILY),
    Schedule.of(Frequency.DAILY),
    Schedule.of(Frequency.DAILY, target_days=(1, 2, 3, 4, 5)),
    Schedule.of(Frequency.DAILY),
    Schedule.of(Frequency.WEEKLY, target_count=3),
    Schedule.of(Frequency.DAILY, target=Target(GOAL_MILLI)),
)
# Most days are logged, by a pattern of the habit's name and the date: the same in each run, and for one year as for ten.
LOGS: Final = """
WITH days AS (
    SELECT id, owner_id, target_value_milli, day::date AS date, abs(hashtext(name || day::date)) %% 100 AS chance
    FROM habits_habit, generate_series(start_date, current_date, interval '1 day') AS day
), logs AS (
    INSERT INTO habits_habitlog
        (owner_id, habit_id, date, status, value_milli, note, source, logged_at, updated_at, change_no)
    SELECT owner_id, id, date,
        CASE WHEN chance < 80 THEN 'completed' WHEN chance < 85 THEN 'missed' ELSE 'skipped' END,
        CASE WHEN target_value_milli IS NOT NULL AND chance < 80 THEN %(goal)s
             WHEN target_value_milli IS NOT NULL AND chance < 85 THEN %(goal)s / 2 END,
        '', 'api', date, date, last_change_no + row_number() OVER (PARTITION BY owner_id ORDER BY date, id)
    FROM days JOIN habits_changecounter USING (owner_id)
    WHERE chance < 90
    RETURNING owner_id
)
UPDATE habits_changecounter AS counter SET last_change_no = last_change_no + number
FROM (SELECT owner_id, count(*) AS number FROM logs GROUP BY owner_id) AS written
WHERE counter.owner_id = written.owner_id
"""


class OwnHabit(NamedTuple):
    """A habit as a client has to know it."""

    id: uuid.UUID
    is_measured: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A user and their token."""

    id: uuid.UUID
    token: str
    today: date
    habits: tuple[OwnHabit, ...]


@dataclass(frozen=True, slots=True)
class Racer:
    """Somebody in the middle of a challenge, and of its standings."""

    person: Person
    challenge_id: uuid.UUID
    middle: int
    """The page of the standings in their middle."""


@dataclass(frozen=True, slots=True)
class World:
    """The users: one year, two hundred habits, ten years, one who keeps making habits, and two who take part in challenges."""

    year: Person
    many: Person
    decade: Person
    maker: Person
    few: Racer
    crowd: Racer


def build_world() -> World:
    """Store everybody; the tables are analysed as after a while of service."""
    people = {
        "year": make_person("year", habits=20, days=YEAR),
        "many": make_person("many", habits=200, days=YEAR),
        "decade": make_person("decade", habits=20, days=DECADE),
        "maker": make_person("maker", habits=20, days=1),
    }
    racers = [make_person(f"race-{count}", habits=1, days=YEAR) for count in (FEW, CROWD)]
    fill_logs()
    for _ in recount(repair=True):
        pass
    few, crowd = (_race(person, count) for person, count in zip(racers, (FEW, CROWD), strict=True))
    return World(**people, few=few, crowd=crowd)


def fill_logs() -> None:
    """Store the logs of everybody's habits, of which the service knows nothing until it recounts."""
    with connection.cursor() as cursor:
        cursor.execute(LOGS, {"goal": GOAL_MILLI})


def analyse() -> None:
    """Clean and analyse all tables, which nothing else does here."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def remove_new(maker: Person) -> None:
    """Delete what was made since, by the service and by the limit, so that all rounds begin alike."""
    Habit.objects.filter(owner=maker.id).exclude(pk__in=[habit.id for habit in maker.habits]).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM limit_habit WHERE owner_id = %s AND owner IS NULL", [maker.id])


@transaction.atomic
def make_person(name: str, *, habits: int, days: int) -> Person:
    """Store a user with habits of all kinds, that began so many days ago."""
    user = User.objects.create_user(f"bench-{name}", f"{name}@example.org")
    today = today_for(user)
    start = today - timedelta(days=days - 1)
    drafts = (
        HabitDraft(name=f"Habit {number}", schedule=SCHEDULES[number % len(SCHEDULES)], start_date=start, tags=("bench",))
        for number in range(habits)
    )
    own = [create_habit(actor=user, draft=draft)[0] for draft in drafts]
    return Person(user.pk, open_session(user).access, today, tuple(OwnHabit(habit.pk, habit.is_measured) for habit in own))


@transaction.atomic
def _race(person: Person, count: int) -> Racer:
    """Store a challenge that has run for some days, with as many people, whose scores lie on both sides of the person's."""
    user = User.objects.get(pk=person.id)
    draft = ChallengeDraft(
        title=f"A race of {count}",
        schedule=SCHEDULES[0],
        start_date=person.today,
        end_date=person.today + timedelta(days=RACE_DAYS),
        scoring=Scoring.COMPLETIONS,
        visibility=Visibility.PUBLIC,
    )
    challenge, _ = create_challenge(actor=user, draft=draft)
    Challenge.objects.filter(pk=challenge.pk).update(start_date=person.today - timedelta(days=RACE_DAYS))
    join_challenge(actor=user, challenge_id=challenge.pk, habit_id=person.habits[0].id)
    own = Participation.objects.get(challenge=challenge)
    names = [f"racer-{count}-{number}" for number in range(count - 1)]
    others = User.objects.bulk_create(
        User(username=name, username_key=name, email=f"{name}@example.org", email_key=f"{name}@example.org", display_name=name)
        for name in names
    )
    columns = {name: getattr(own, name) for name in ("holdings_text", "reached_at", "as_of", "next_change_at")}
    Participation.objects.bulk_create(
        Participation(challenge=challenge, user=other, score=number % (2 * own.score), **columns)
        for number, other in enumerate(others)
    )
    Challenge.objects.filter(pk=challenge.pk).update(participant_count=count)
    return Racer(person, challenge.pk, middle=count // DEFAULT_PAGE_SIZE // 2)
