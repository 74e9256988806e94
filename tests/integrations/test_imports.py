"""POST /imports/ and GET /imports/{id}/, and what they leave behind."""

import uuid
from datetime import date, timedelta

import pytest

from habits.domain.validation import MAX_POSITION
from habits.models import Habit, HabitLog
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from habits.services.logs import Entry, delete_log, put_log
from integrations.models import Import, Upload
from integrations.services import imports
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.habits.stored import figures_by_reference, figures_of, stored_habit, stored_logs
from tests.integrations.importing import IMPORTS, completed, rows_stored, upload
from tests.integrations.loop_files import ENTRIES_HEADER, backup, export, new_row
from tests.integrations.test_untrusted_files import damaged
from tests.world import API, TODAY, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday"), pytest.mark.slow]

YESTERDAY = TODAY - timedelta(days=1)
MONDAY = TODAY - timedelta(days=2)
RUN = {"id": 1, "name": "Run", "uuid": "a" * 32}
MILES = {"id": 2, "name": "Miles", "uuid": "b" * 32, "type": 1, "unit": "km", "target_value": 5.0, "position": 1}
FILE = backup([RUN, MILES], [*completed(1, MONDAY, YESTERDAY, notes="wet"), *completed(2, YESTERDAY, value=7_500)])
FILE_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename=%b\r\n\r\n%b\r\n--x--'
ARCHIVE = export(
    [new_row(1), new_row(2, "Miles", "NUMERICAL")],
    {
        "001 Run": [ENTRIES_HEADER, [str(TODAY), "YES_MANUAL", ""]],
        "002 Miles": [ENTRIES_HEADER, [str(YESTERDAY), "7500", ""]],
    },
)


@pytest.fixture
def owner():
    return UserFactory(password="!")


@pytest.fixture
def client(owner):
    return client_of(owner)


@pytest.fixture
def take(client, run_jobs):
    """Return a function that imports a file to the end and returns the answer."""

    def import_now(data, **fields):
        answer = upload(client, data, **fields)
        assert answer.status_code == 202, answer.content
        run_jobs()
        return client.get(answer["Location"]).json()

    return import_now


class TestProtocol:
    def test_the_answer_is_a_promise(self, owner, client):
        answer = upload(client, FILE, name="Loop Habits Backup.db")
        item = Import.objects.get()
        assert answer.status_code == 202
        assert answer["Location"] == f"http://testserver{IMPORTS}{item.pk}/"
        assert (
            answer.json()
            == client.get(answer["Location"]).json()
            == {
                "id": str(item.pk),
                "job": str(item.job_id),
                "state": "queued",
                "progress": 0,
                "file_name": "Loop Habits Backup.db",
                "format": "auto",
                "dry_run": False,
                "error": None,
                "created_at": "2026-06-17T12:00:00Z",
                "report": None,
            }
        )
        assert not Habit.objects.exists()

    def test_it_is_kept(self, take):
        body = take(FILE)
        assert (body["state"], body["progress"], body["error"]) == ("finished", 100, None)
        assert body["report"] == {
            "format": "loop",
            "habits": {"created": 2, "archived": 0, "updated": 0, "unchanged": 0, "rejected": 0},
            "logs": {"created": 3, "updated": 0, "unchanged": 0, "kept_own": 0},
            "derived": 0,
            "empty": 0,
            "rejected_count": 0,
            "rejected": [],
            "adjusted_count": 0,
            "adjusted": [],
        }
        assert not Upload.objects.exists()

    def test_the_job_leads_to_it(self, client, take):
        body = take(FILE)
        job = client.get(f"{API}/jobs/{body['job']}/").json()
        assert (job["kind"], job["state"], job["progress"]) == ("import", "finished", 100)
        assert job["result_url"] == f"{IMPORTS}{body['id']}/"

    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
    def test_there_is_no_list(self, client, method):
        assert getattr(client, method)(IMPORTS).status_code == 405

    def test_others_see_nothing(self, take):
        body = take(FILE)
        stranger = client_of(UserFactory(password="!", is_staff=True))
        foreign, missing = (stranger.get(f"{IMPORTS}{key}/") for key in (body["id"], uuid.uuid4()))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content

    def test_it_needs_a_login(self, api):
        assert upload(api, FILE).status_code == 401
        assert api.get(f"{IMPORTS}{uuid.uuid4()}/").status_code == 401

    def test_one_at_a_time(self, client, run_jobs):
        assert upload(client, FILE).status_code == 202
        refused = upload(client, FILE)
        assert (refused.status_code, refused.json()["code"]) == (409, "import_running")
        assert (Import.objects.count(), Upload.objects.count()) == (1, 1)
        assert upload(client_of(UserFactory(password="!")), FILE).status_code == 202
        run_jobs()
        assert upload(client, FILE).status_code == 202

    def test_a_user_who_goes_takes_the_import_along(self, owner, client, run_jobs):
        upload(client, FILE)
        owner.delete()
        run_jobs()
        assert not Habit.objects.exists()
        assert not Upload.objects.exists()


class TestForm:
    @pytest.mark.parametrize(
        ("fields", "attr", "code"),
        [
            ({"format": "habitica"}, "format", "invalid_choice"),
            ({"format": "loop\x00"}, "format", "invalid_choice"),
            ({"dry_run": "yes"}, "dry_run", "invalid"),
            ({"colour": "red"}, "colour", "unknown_field"),
        ],
    )
    def test_fields(self, client, fields, attr, code):
        answer = upload(client, FILE, **fields)
        assert answer.status_code == 400
        assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [(attr, code)]
        assert not Import.objects.exists()

    def test_an_empty_field_is_one_left_out(self, client):
        body = upload(client, FILE, format="", dry_run="").json()
        assert (body["format"], body["dry_run"]) == ("auto", False)

    @pytest.mark.parametrize(("form", "code"), [({}, "required"), ({"file": "text"}, "invalid")])
    def test_without_a_file(self, client, form, code):
        answer = client.post(IMPORTS, form, format="multipart")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)

    def test_an_empty_file(self, client):
        answer = upload(client, b"")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "empty")

    def test_a_second_file(self, client):
        assert upload(client, FILE, other=b"x").status_code == 400

    @pytest.mark.parametrize("values", [["auto", "loop"], ["auto", "auto"]])
    def test_the_same_field_twice(self, client, values):
        answer = upload(client, FILE, format=values)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_body")

    @pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
    def test_other_media_types(self, client, content_type):
        answer = client.post(IMPORTS, b'{"format": "loop"}', content_type=content_type)
        assert answer.status_code == 415

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"", "multipart/form-data"),
            (b"", "multipart/form-data; boundary=x"),
            (b"--x", "multipart/form-data; boundary=\xff"),
            (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
            (
                b'--x\r\nContent-Disposition: form-data; name="format"\r\n\r\nauto',
                "multipart/form-data; boundary=x; charset=rot13",
            ),
            (b'--x\r\nContent-Disposition: form-data; name="format"\r\n\r\n\xff\xfe\r\n--x--', "multipart/form-data; boundary=x"),
            (FILE_PART % (b'"a"\r\nContent-Transfer-Encoding: base64', b"\xff"), "multipart/form-data; boundary=x"),
            (FILE_PART % (b'".."', b"ab"), "multipart/form-data; boundary=x"),
            (b"--x\r\n" * 3_000, "multipart/form-data; boundary=x"),
            (
                b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' * 3_000 + b"--x--",
                "multipart/form-data; boundary=x",
            ),
        ],
    )
    def test_broken_forms(self, client, body, content_type):
        answer = client.post(IMPORTS, body, content_type=content_type)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"

    def test_a_body_above_the_limit(self, client):
        answer = client.post(IMPORTS, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(50 * 2**20 + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    @pytest.mark.parametrize("name", ["a/b\\c.db", "ü" * 300, "a\x00b\n\u202e.db", "<script>.db"])
    def test_names_of_files(self, client, name):
        answer = upload(client, FILE, name=name)
        assert answer.status_code in (202, 400)
        if answer.status_code == 202:
            assert answer.json()["file_name"].isprintable()

    def test_a_parameter(self, client):
        assert client.post(f"{IMPORTS}?dry_run=true", {}, format="multipart").status_code == 400


class TestUnreadable:
    @pytest.mark.parametrize(
        ("data", "fields"),
        [
            (b"{}", {}),
            (b"\x89PNG\r\n", {}),
            (FILE[:100], {}),
            (FILE[:5_000], {}),
            (export([new_row()], {})[:-30], {}),
            (b"PK\x03\x04", {"format": "loop"}),
            (b"text", {"format": "loop"}),
        ],
    )
    def test_a_file_that_is_none(self, take, data, fields):
        body = take(data, **fields)
        assert (body["state"], body["error"]["code"], body["report"]) == ("failed", "unreadable_file", None)
        assert body["error"]["detail"].endswith(".")
        assert not Upload.objects.exists()

    @pytest.mark.parametrize("seed", range(60))
    def test_damaged_files_are_taken_or_refused(self, owner, take, seed):
        source = FILE if seed % 2 else ARCHIVE
        body = take(damaged(source, seed, 1 + seed // 4))
        assert body["state"] == "finished" or body["error"]["code"] == "unreadable_file"
        for habit in Habit.objects.owned_by(owner.pk).select_related("stats"):
            assert figures_of(habit.stats) == figures_by_reference(stored_habit(habit.pk), stored_logs(habit.pk), TODAY)

    def test_the_next_one_may_come(self, take):
        take(b"{}")
        assert take(FILE)["state"] == "finished"


class TestHabits:
    def test_what_is_taken(self, owner, take):
        habits = [
            {**RUN, "description": "Outside", "question": "Did you run?", "freq_num": 3, "freq_den": 7, "archived": 1},
            {**MILES, "target_type": 1},
        ]
        take(backup(habits, [*completed(1, MONDAY), *completed(2, YESTERDAY, value=0), *completed(2, TODAY, value=3)]))
        run, miles = Habit.objects.owned_by(owner.pk).order_by("position")
        assert (run.name, run.description) == ("Run", "Did you run?\n\nOutside")
        assert (run.frequency, run.interval, run.target_count, run.start_date, run.archived_on) == ("weekly", 1, 3, MONDAY, TODAY)
        assert (miles.unit, miles.target_value_milli, miles.target_direction, miles.target_scope) == (
            "km",
            5_000,
            "at_most",
            "day",
        )
        assert (miles.position, miles.start_date, miles.archived_on) == (1, YESTERDAY, None)
        assert list(HabitLog.objects.filter(habit=miles).order_by("date").values_list("status", "value_milli", "source")) == [
            ("completed", 0, "loop"),
            ("skipped", None, "loop"),
        ]

    def test_the_owner_has_all_grants_and_the_api_shows_it(self, client, take):
        take(FILE)
        (run, _miles) = client.get(f"{API}/habits/").json()["results"]
        assert run["stats"]["current_streak"] == 2
        logs = client.get(f"{API}/habits/{run['id']}/logs/").json()["results"]
        assert [(log["date"], log["note"], log["source"]) for log in logs] == [
            (str(YESTERDAY), "wet", "loop"),
            (str(MONDAY), "wet", "loop"),
        ]
        assert client.patch(f"{API}/habits/{run['id']}/", {"name": "Jog"}).status_code == 200
        assert client.delete(f"{API}/habits/{run['id']}/").status_code == 204

    def test_statistics_equal_the_reference(self, owner, take):
        days = [TODAY - timedelta(days=ago) for ago in range(400) if ago % 7]
        habits = [RUN, {**MILES, "freq_den": 7}, {"id": 3, "name": "Old", "archived": 1, "freq_num": 2, "freq_den": 7}]
        take(backup(habits, [*completed(1, *days), *completed(2, *days, value=2_000), *completed(3, *days[100:])]))
        for habit in Habit.objects.owned_by(owner.pk).select_related("stats"):
            expected = figures_by_reference(stored_habit(habit.pk), stored_logs(habit.pk), TODAY)
            assert figures_of(habit.stats) == expected

    def test_change_numbers_are_a_gapless_series(self, owner, take):
        take(FILE)
        models = ("Habit", "ScheduleVersion", "HabitLog")
        rows = rows_stored()
        assert rows["ChangeCounter"] == [(owner.pk, 7)]
        assert sum(len(rows[name]) for name in models) == 7

    def test_a_habit_without_logs_starts_today(self, take):
        take(backup([RUN]))
        assert Habit.objects.get().start_date == TODAY

    def test_days_to_come_are_rejected(self, take):
        data = backup([RUN], completed(1, YESTERDAY, TODAY, TODAY + timedelta(days=1), notes="in\ntime"))
        report = take(data)["report"]
        assert report["logs"]["created"] == 2
        assert report["rejected"] == [{"where": "Run, 2026-06-18", "reason": "after_today", "detail": "completed in time"}]
        assert report["rejected_count"] == 1

    def test_today_is_the_owners(self, owner, take):
        owner.timezone = "Pacific/Kiritimati"  # 02:00 of the next day
        owner.save()
        assert take(backup([RUN], completed(1, TODAY + timedelta(days=1))))["report"]["rejected"] == []

    def test_reminders_are_said_not_to_be_stored(self, take):
        report = take(backup([{**RUN, "reminder_hour": 7, "reminder_min": 30, "reminder_days": 3}]))["report"]
        assert report["adjusted"] == [{"where": "Run", "reason": "reminder_not_stored", "detail": "07:30 on weekdays 6, 7"}]

    def test_what_the_reader_finds_is_in_the_report(self, take):
        entries = [*completed(1, YESTERDAY), {"habit": 9, "timestamp": 0, "value": 2}, *completed(1, MONDAY, value=1)]
        report = take(backup([{**RUN, "name": ""}], entries))["report"]
        assert [row["reason"] for row in report["rejected"]] == ["habit_missing"]
        assert [row["reason"] for row in report["adjusted"]] == ["name_empty"]
        assert report["derived"] == 1

    def test_they_come_after_what_is_there(self, owner, take):
        HabitFactory(owner=owner, position=7)
        take(FILE)
        assert list(Habit.objects.order_by("position").values_list("position", flat=True)) == [7, 8, 9]

    def test_there_is_a_last_position(self, owner, take):
        HabitFactory(owner=owner, position=MAX_POSITION)
        take(FILE)
        assert set(Habit.objects.values_list("position", flat=True)) == {MAX_POSITION}


class TestLimit:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch):
        monkeypatch.setattr("habits.services.archiving.MAX_ACTIVE_HABITS", 2)

    @pytest.mark.parametrize("dry_run", ["true", "false"])
    def test_what_finds_no_room_is_listed(self, owner, take, dry_run):
        HabitFactory(owner=owner)
        habits = [{"id": number, "name": f"H{number}", "position": number, "archived": number == 3} for number in range(1, 5)]
        report = take(backup(habits, [*completed(2, MONDAY), *completed(4, MONDAY)]), dry_run=dry_run)["report"]
        assert report["habits"] == {"created": 2, "archived": 1, "updated": 0, "unchanged": 0, "rejected": 2}
        assert [(row["where"], row["reason"]) for row in report["rejected"]] == [
            ("H2", "habits_limit_reached"),
            ("H2, 2026-06-15", "habit_not_taken"),
            ("H4", "habits_limit_reached"),
            ("H4, 2026-06-15", "habit_not_taken"),
        ]

    def test_archived_ones_find_room_for_a_while(self, take, monkeypatch):
        monkeypatch.setattr("habits.services.habits.MAX_HABITS", 1)
        habits = [{"id": number, "name": f"H{number}", "position": number, "archived": True} for number in (1, 2)]
        report = take(backup(habits, []))["report"]
        assert [(row["where"], row["reason"]) for row in report["rejected"]] == [("H2", "habits_limit_reached")]

    def test_known_ones_need_no_room(self, owner, take):
        take(FILE)
        assert take(FILE)["report"]["habits"]["unchanged"] == 2


class TestAgain:
    def test_the_same_changes_nothing(self, take):
        take(FILE)
        before = rows_stored()
        report = take(FILE)["report"]
        assert (report["habits"]["unchanged"], report["logs"]["unchanged"]) == (2, 3)
        assert rows_stored() == before

    def test_a_newer_one_adds_what_is_new(self, owner, take):
        take(FILE)
        before = rows_stored()
        newer = backup(
            [RUN, MILES, {"id": 3, "name": "Swim", "uuid": "c" * 32, "position": 2}],
            [
                *completed(1, MONDAY, YESTERDAY, TODAY, notes="wet"),
                *completed(2, YESTERDAY, value=7_500),
                *completed(3, date(2026, 1, 1)),
            ],
        )
        report = take(newer)["report"]
        assert report["habits"] == {"created": 1, "archived": 0, "updated": 1, "unchanged": 1, "rejected": 0}
        assert report["logs"] == {"created": 2, "updated": 0, "unchanged": 3, "kept_own": 0}
        after = rows_stored()
        assert set(before["HabitLog"]) < set(after["HabitLog"])
        assert all(row in after["Habit"] for row in before["Habit"])
        assert after["ChangeCounter"] == [(owner.pk, 7 + 1 + 2 + 1)]

    def test_a_correction_is_taken(self, take):
        take(FILE)
        report = take(backup([RUN, MILES], [*completed(1, MONDAY, YESTERDAY, value=3), *completed(2, YESTERDAY, value=4_000)]))[
            "report"
        ]
        assert report["logs"] == {"created": 0, "updated": 3, "unchanged": 0, "kept_own": 0}
        assert sorted(HabitLog.objects.values_list("status", "value_milli", "note"), key=repr) == [
            ("missed", 4_000, ""),
            ("skipped", None, ""),
            ("skipped", None, ""),
        ]
        assert {habit.stats.current_streak for habit in Habit.objects.select_related("stats")} == {0}

    def test_logs_made_by_hand_are_kept(self, owner, take):
        take(FILE)
        run = Habit.objects.get(name="Run")
        put_log(actor=owner, habit_id=run.pk, day=MONDAY, entry=Entry(note="by hand"))
        put_log(actor=owner, habit_id=run.pk, day=YESTERDAY, entry=Entry(note="wet"))
        report = take(FILE)["report"]
        assert report["logs"] == {"created": 0, "updated": 0, "unchanged": 2, "kept_own": 1}
        assert report["rejected"] == [{"where": "Run, 2026-06-15", "reason": "own_log_kept", "detail": "completed wet"}]
        assert HabitLog.objects.get(habit=run, date=MONDAY).note == "by hand"

    def test_settings_made_here_are_kept(self, owner, take):
        take(FILE)
        miles = Habit.objects.get(name="Miles")
        changes = {"name": "Kilometres", "target_value_milli": 10_000, "archived_on": TODAY}
        update_habit(actor=owner, habit_id=miles.pk, changes=changes, effective_from=YESTERDAY)
        before = rows_stored()
        assert take(FILE)["report"]["habits"]["unchanged"] == 2
        assert rows_stored() == before
        assert HabitLog.objects.get(habit=miles).status == "missed"

    def test_what_was_deleted_comes_back(self, owner, take):
        take(FILE)
        miles, run = Habit.objects.order_by("name")
        delete_habit(actor=owner, habit_id=miles.pk)
        delete_log(actor=owner, habit_id=run.pk, day=YESTERDAY)
        report = take(FILE)["report"]
        assert report["habits"] == {"created": 1, "archived": 0, "updated": 1, "unchanged": 0, "rejected": 0}
        assert report["logs"] == {"created": 2, "updated": 0, "unchanged": 1, "kept_own": 0}

    def test_an_older_history_moves_the_start_back(self, owner, take):
        take(backup([RUN], completed(1, YESTERDAY)))
        report = take(backup([RUN], completed(1, date(2026, 1, 1), YESTERDAY)))["report"]
        assert report["habits"]["updated"] == 1
        run = Habit.objects.select_related("stats").get()
        assert (run.start_date, run.plan.versions[0].effective_from) == (date(2026, 1, 1), date(2026, 1, 1))
        assert figures_of(run.stats) == figures_by_reference(stored_habit(run.pk), stored_logs(run.pk), TODAY)

    def test_days_after_the_end_set_here_are_rejected(self, owner, take):
        take(backup([RUN], completed(1, MONDAY)))
        update_habit(actor=owner, habit_id=Habit.objects.get().pk, changes={"end_date": MONDAY})
        report = take(FILE)["report"]
        assert [(row["where"], row["reason"]) for row in report["rejected"]] == [("Run, 2026-06-16", "after_end_of_habit")]

    def test_the_same_habit_in_another_export_is_known(self, take):
        take(FILE)
        report = take(ARCHIVE)["report"]
        assert report["habits"] == {"created": 0, "archived": 0, "updated": 1, "unchanged": 1, "rejected": 0}
        assert take(FILE)["report"]["habits"]["unchanged"] == 2

    def test_a_new_name_is_followed_by_identity(self, take):
        take(FILE)
        renamed = backup([{**RUN, "name": "Jog"}, MILES], completed(1, TODAY))
        assert take(renamed)["report"]["habits"]["created"] == 0
        assert Habit.objects.filter(name="Run").exists()
        assert take(renamed)["report"]["habits"] == {"created": 0, "archived": 0, "updated": 0, "unchanged": 2, "rejected": 0}

    def test_an_identity_of_another_kind_is_another_habit(self, take):
        take(FILE)
        other = backup([{**MILES, "id": 1, "uuid": RUN["uuid"]}], completed(1, TODAY, value=1_000))
        assert take(other)["report"]["habits"]["created"] == 1
        assert take(other)["report"]["habits"]["unchanged"] == 1

    def test_each_user_has_habits_of_their_own(self, take, run_jobs):
        take(FILE)
        upload(client_of(UserFactory(password="!")), FILE)
        run_jobs()
        assert Habit.objects.count() == 4


class TestDryRun:
    def test_it_tells_the_same_and_stores_nothing(self, owner, take):
        HabitFactory(owner=owner)
        before = rows_stored()
        told = take(FILE, dry_run="true")
        assert told["dry_run"] is True
        assert rows_stored() == before
        assert take(FILE)["report"] == told["report"]

    def test_of_a_correction(self, take):
        take(FILE)
        before = rows_stored()
        report = take(backup([RUN, MILES], completed(1, date(2026, 1, 1), MONDAY)), dry_run="true")["report"]
        assert report["logs"] == {"created": 1, "updated": 1, "unchanged": 0, "kept_own": 0}
        assert rows_stored() == before


class TestCost:
    def test_statements_do_not_depend_on_what_is_there(self, owner, django_assert_max_num_queries):
        counts = []
        for size in (1, 30):
            habits = [
                {"id": size * 100 + number, "name": f"{size}/{number}", "position": number} for number in range(1, size + 1)
            ]
            entries = [row for habit in habits for row in completed(habit["id"], MONDAY, YESTERDAY)]
            with django_assert_max_num_queries(2_000) as queries:
                imports.import_file(owner=owner, content=backup(habits, entries), format_name="auto", dry_run=False)
            counts.append(len(queries))
        per_habit, rest = divmod(counts[1] - counts[0], 29)
        assert rest == 0
        assert per_habit == 17
