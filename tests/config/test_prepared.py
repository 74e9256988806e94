"""Statements that are made once answer as the ones that they stand for."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from config.prepared import Parameter, PreparedQuery, PreparedRows, PreparedUpsert, Statement, run
from habits.models import Habit, HabitLog
from tests.factories.habits import HabitFactory, log_days

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def prepared_logs() -> PreparedQuery[HabitLog]:
    habit = Parameter("habit", Habit._meta.pk)
    since = Parameter("since", HabitLog._meta.get_field("date"))
    return PreparedQuery(lambda: HabitLog.objects.filter(habit=habit, date__gte=since).select_related("habit").order_by("date"))


@pytest.fixture
def habit() -> Habit:
    habit = HabitFactory(start_date=DAY)
    log_days(habit, [DAY + timedelta(days=number) for number in range(5)])
    return habit


def test_rows_are_those_of_the_queryset_for_each_value(habit):
    query = prepared_logs()
    for since in (DAY, DAY + timedelta(days=3), DAY + timedelta(days=9)):
        expected = list(HabitLog.objects.filter(habit=habit, date__gte=since).order_by("date"))
        found = query.rows(habit=habit.pk, since=since)
        assert found == expected
        assert [log.habit.name for log in found] == [habit.name] * len(expected)
    assert query.rows(habit=HabitFactory().pk, since=DAY) == []


def test_limits_and_the_first_row(habit):
    query = prepared_logs()
    rows = query.rows(habit=habit.pk, since=DAY)
    assert query.rows(habit=habit.pk, since=DAY, limit=2, offset=1) == rows[1:3]
    assert query.rows(habit=habit.pk, since=DAY) == rows
    assert query.first(habit=habit.pk, since=DAY) == rows[0]
    assert query.first(habit=habit.pk, since=date(2027, 1, 1)) is None


def test_deferred_columns_and_annotations(habit):
    logs = HabitLog.objects.filter(habit=Parameter("habit", Habit._meta.pk)).annotate(twice=F("change_no") * 2)
    query = PreparedQuery(lambda: logs.select_related("habit").only("date", "habit__name").order_by("date"))
    log, *_ = query.rows(habit=habit.pk)
    assert (log.date, log.habit.name) == (DAY, habit.name)
    assert log.get_deferred_fields() >= {"status", "note"}
    assert log.twice == 2 * log.change_no


def test_the_queryset_is_built_once(habit):
    built = []
    query = PreparedQuery(lambda: built.append(1) or HabitLog.objects.filter(habit=Parameter("habit", Habit._meta.pk)))
    with CaptureQueriesContext(connection) as queries:
        assert len(query.rows(habit=habit.pk)) == len(query.rows(habit=habit.pk)) == 5
    assert (len(built), len(queries)) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_meet_in_a_query():
    habits = [HabitFactory(start_date=DAY) for _ in range(4)]
    for number, habit in enumerate(habits):
        log_days(habit, [DAY + timedelta(days=day) for day in range(number)])
    query, found = prepared_logs(), {}

    def read(number: int) -> None:
        try:
            found[number] = [len(query.rows(habit=habits[number].pk, since=DAY)) for _ in range(25)]
        finally:
            connection.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number] * 25 for number in range(4)}


def test_slices_are_read_and_the_whole_is_counted_only_when_asked(habit):
    rows = PreparedRows(prepared_logs(), lambda: 5, habit=habit.pk, since=DAY)
    with CaptureQueriesContext(connection) as queries:
        assert [log.date.day for log in rows[2:4]] == [3, 4]
    assert (len(queries), len(rows)) == (1, 5)


def test_statements_travel_together_and_each_sees_what_those_before_it_did(habit):
    table = HabitLog._meta.db_table
    delete = Statement("default", f"DELETE FROM {table} WHERE date < %s", [DAY + timedelta(days=2)])
    count = Statement("default", f"SELECT count(*) FROM {table} WHERE date > %s", [DAY])
    with CaptureQueriesContext(connection) as queries:
        assert run(delete, count) == [(3,)]
    assert len(queries) == (1 if connection.vendor == "postgresql" else 2)
    assert len(prepared_logs().rows(habit=habit.pk, since=DAY, after=[delete, delete])) == 3
    assert run(delete) == []


def test_what_travels_together_fails_together(habit):
    upsert = PreparedUpsert(HabitLog, key=("habit", "date"))
    day = DAY + timedelta(days=30)
    log = HabitLog(habit=habit, owner_id=habit.owner_id, date=day, status="completed", change_no=7)
    broken = HabitLog(habit=habit, owner_id=habit.owner_id, date=day, status="unknown", change_no=8)
    with pytest.raises(IntegrityError), transaction.atomic():
        upsert.store(broken, after=[upsert.statement(log)])
    assert not HabitLog.objects.filter(date=day).exists()


def test_an_upsert_inserts_and_then_replaces_all_but_what_is_kept(habit):
    upsert = PreparedUpsert(HabitLog, key=("habit", "date"), kept="logged_at")
    day = DAY + timedelta(days=30)
    first = HabitLog(habit=habit, owner_id=habit.owner_id, date=day, status="completed", note="one", change_no=7)
    upsert.store(first)
    upsert.store(HabitLog(habit=habit, owner_id=habit.owner_id, date=day, status="skipped", value_milli=5, change_no=8))
    log = HabitLog.objects.get(habit=habit, date=day)
    assert (log.status, log.value_milli, log.note, log.change_no) == ("skipped", 5, "", 8)
    assert log.logged_at == first.logged_at
