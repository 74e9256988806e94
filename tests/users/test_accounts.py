"""Accounts by id, for staff, looked up, exported and deleted."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.db import connection, models
from django.utils.timezone import now
from rest_framework.test import APIClient

from challenges.models import Challenge, Participation
from challenges.services.challenges import end_challenge
from challenges.services.joining import remove_from_challenge
from config.errors import Conflict
from groups.services.cheers import cheer
from groups.services.invitations import create_invitation
from groups.services.members import ban_from_group
from sharing.services.shares import end_share
from tests.factories.challenges import ChallengeFactory, ask, new_announcement, take_part
from tests.factories.groups import GroupFactory
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.factories.sharing import new_achievement, offer, share_with
from tests.factories.users import PASSWORD, JobFactory, UserFactory
from tests.world import LOGGED, NOW, TODAY, World, client_of, event_of, new_export
from users.jobs import forget_expired
from users.models import Export, Job, User
from users.services import exports
from users.services.tokens import create_personal_token
from users.signals import account_ending

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
RunJobs = Callable[[], list[str]]


class TestById:
    def test_me_stands_for_the_own_id(self, client: APIClient, ada: User) -> None:
        assert client.get(f"{V1}/users/{ada.pk}/").json() == client.get(f"{V1}/users/me/").json()
        assert client.patch(f"{V1}/users/{ada.pk}/", {"display_name": "A."}).json()["display_name"] == "A."

    def test_staff_list_find_and_change_accounts(self, ada: User) -> None:
        client = client_of(UserFactory(username="zoe", is_staff=True))
        UserFactory(username="Übung", email="u@elsewhere.example")
        listed = client.get(f"{V1}/users/").json()
        assert [row["username"] for row in listed["results"]] == ["ada", "zoe", "Übung"]
        assert [row["username"] for row in client.get(f"{V1}/users/?search=%C3%BCB").json()["results"]] == ["Übung"]
        assert [row["username"] for row in client.get(f"{V1}/users/?search=elsewhere").json()["results"]] == ["Übung"]
        assert client.get(f"{V1}/users/?ordering=-date_joined").json()["results"][0]["username"] == "Übung"
        changed = client.patch(f"{V1}/users/{ada.pk}/", {"display_name": "A.", "email": "new@example.org"})
        assert (changed.json()["display_name"], changed.json()["pending_email"]) == ("A.", "new@example.org")

    def test_staff_delete_others_without_a_password_and_themselves_with_it(self, ada: User) -> None:
        staff = UserFactory(is_staff=True)
        client = client_of(staff)
        assert client.delete(f"{V1}/users/{ada.pk}/").status_code == 204
        assert client.delete(f"{V1}/users/{staff.pk}/").json()["code"] == "wrong_password"
        assert client.delete(f"{V1}/users/{staff.pk}/", {"current_password": PASSWORD}).status_code == 204
        assert not User.objects.exists()

    def test_a_personal_token_of_staff_reaches_the_own_account_alone(self, ada: User, bearer: Callable[[str], APIClient]) -> None:
        staff = UserFactory(is_staff=True)
        _, secret = create_personal_token(actor=staff, name="a", scopes=["account:read", "account:write"], expires_at=None)
        client = bearer(secret)
        assert client.get(f"{V1}/users/{staff.pk}/").status_code == 200
        body = {**client.get(f"{V1}/users/me/").json(), "username": "mine", "email": "mine@example.org"}
        answers = [client.get(f"{V1}/users/{ada.pk}/")]
        answers += [change(f"{V1}/users/{ada.pk}/", body) for change in (client.put, client.patch)]
        assert [answer.status_code for answer in answers] == [404] * 3
        ada.refresh_from_db()
        assert (ada.username, ada.pending_email) == ("ada", None)

    def test_people_are_looked_up_by_the_whole_name(self, client: APIClient) -> None:
        ben = UserFactory(username="Ben", display_name="Benjamin")
        UserFactory(username="gone", is_active=False)
        assert client.get(f"{V1}/users/lookup/?username=bEN").json() == {"id": str(ben.pk), "display_name": "Benjamin"}
        for name in ("be", "gone", "nobody"):
            assert client.get(f"{V1}/users/lookup/?username={name}").status_code in {400, 404}
        assert client.get(f"{V1}/users/lookup/").status_code == 400


def everything_of(world: World) -> User:
    """Give the owner a row in every table that can hold one."""
    owner = world.owner
    owner.set_username("mathilde")  # no word of ours
    owner.known_sites = ["203.0.113.7"]
    owner.save()
    create_personal_token(actor=owner, name="Display", scopes=["habits:read"], expires_at=None)
    measured = f"{V1}/habits/{world.measured.pk}/"
    client = world.client("owner")
    client.post(f"{measured}logs/2026-06-16/add/", {"amount": "5", "id": "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21"})
    log_days(world.daily, [day for day in days_until(TODAY, 7) if day != LOGGED])
    client.delete(f"{measured}logs/2026-06-15/")
    share_with(world.foreign, owner, "log")
    offer(HabitFactory(owner=world.outsider), owner)
    new_achievement(world.foreign, owner)
    end_share(actor=owner, share_id=offer(world.measured, world.outsider).pk)
    client.post(f"{V1}/habits/{world.foreign.pk}/logs/", {})
    others = [GroupFactory(owner=world.outsider, visibility="public", join_policy="request") for _ in range(2)]
    for group in others:
        client.post(f"{V1}/groups/{group.pk}/join/")
    ban_from_group(actor=world.outsider, group_id=others[0].pk, user_id=owner.pk)
    create_invitation(actor=world.outsider, group_id=others[1].pk, email=owner.email)
    cheer(actor=owner, group_id=world.club.pk, event_id=event_of(world.club, world.swimming).pk)
    take_part_in_everything(world)
    return owner


def take_part_in_everything(world: World) -> None:
    """Give the owner a place in a challenge that is finished, and all else that one has to do with challenges."""
    owner, other = world.owner, world.outsider
    finished, left = (ChallengeFactory(owner=other, title=f"Of others {number}") for number in range(2))
    for challenge in (finished, left):
        take_part(challenge, owner, world.daily)
    take_part(finished, other)
    remove_from_challenge(actor=other, challenge_id=left.pk, user_id=owner.pk)
    ask(left, owner, other)
    ended = ChallengeFactory(owner=owner)
    end_challenge(actor=owner, challenge_id=ended.pk)
    new_announcement(world.race, owner, text="In the rain")
    Participation.objects.filter(challenge=finished).update(rank=1)
    Challenge.objects.filter(pk=finished.pk).update(finished_at=NOW)


class TestDeletion:
    def test_nothing_of_the_user_stays_anywhere(self, world: World) -> None:
        owner = everything_of(world)
        marks = {str(owner.pk), owner.pk.hex, owner.username, owner.email, "Before bed", "In the rain", "203.0.113.7"}
        assert holders(marks)
        answer = world.client("owner").delete(f"{V1}/users/me/", {"current_password": "!"})
        assert answer.json()["code"] == "wrong_password"
        owner.set_password(PASSWORD)
        owner.save()
        assert world.client("owner").delete(f"{V1}/users/me/", {"current_password": PASSWORD}).status_code == 204
        assert holders(marks) == set()
        assert User.objects.filter(pk=world.outsider.pk).exists()
        assert world.client("outsider").get(f"{V1}/habits/{world.foreign.pk}/").status_code == 200

    def test_a_client_may_post_it_instead(self, client: APIClient, ada: User) -> None:
        assert client.post(f"{V1}/users/me/deletion/", {"current_password": "wrong"}).status_code == 400
        assert client.post(f"{V1}/users/me/deletion/", {"current_password": PASSWORD}).status_code == 204
        assert client.get(f"{V1}/users/me/").json()["code"] == "invalid_token"

    def test_apps_above_may_object(self, client: APIClient, ada: User) -> None:
        def object_to_it(**_: object) -> None:
            raise Conflict("The last owner of a group stays.")

        account_ending.connect(object_to_it)
        try:
            answer = client.delete(f"{V1}/users/me/", {"current_password": PASSWORD})
        finally:
            account_ending.disconnect(object_to_it)
        assert (answer.status_code, answer.json()["detail"]) == (409, "The last owner of a group stays.")
        assert User.objects.exists()

    @pytest.mark.slow
    def test_years_of_logs_go_in_a_fixed_number_of_statements(self, ada: User, django_assert_max_num_queries) -> None:
        habits = [HabitFactory(owner=ada, start_date=date(2025, 1, 1)) for _ in range(5)]
        for habit in habits:
            log_days(habit, [date(2025, 1, 1) + timedelta(days=number) for number in range(200)])
        client = client_of(ada)
        with django_assert_max_num_queries(90):
            assert client.delete(f"{V1}/users/me/", {"current_password": PASSWORD}).status_code == 204


def holders(marks: set[str]) -> set[str]:
    """Return the tables and columns of the database in which any of the marks stands, in whatever form."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                if isinstance(field, models.BinaryField):
                    continue
                cursor.execute(f'SELECT DISTINCT "{field.column}" FROM "{model._meta.db_table}"')
                if any(mark in str(value) for (value,) in cursor.fetchall() for mark in marks):
                    found.add(f"{model._meta.db_table}.{field.column}")
    return found


class TestExport:
    def test_it_holds_everything_about_the_user_and_of_nobody_else(self, world: World, run_jobs: RunJobs) -> None:
        everything_of(world)
        client = world.client("owner")
        answer = client.post(f"{V1}/users/me/export/")
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        assert client.post(f"{V1}/users/me/export/").json()["code"] == "export_running"
        assert run_jobs() == ["groups.jobs.send_invitation", "users.jobs.export_account"]
        job = client.get(answer["Location"]).json()
        assert job["state"] == "finished"
        download = client.get(job["result_url"])
        assert (download.status_code, download["Content-Type"], download["Cache-Control"]) == (200, "application/zip", "no-store")
        archive = zipfile.ZipFile(io.BytesIO(download.content))
        files = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        assert {row["name"] for row in files["habits.json"]} == {"Read", "Walk", "Smoke less"}
        assert files["account.json"][0]["email"] == world.owner.email
        assert files["account.json"][0]["known_sites"] == ["203.0.113.7"]
        assert "password" not in files["account.json"][0]
        assert {row["note"] for row in files["logs.json"]} >= {"In the rain"}
        own = ("pauses", "schedules", "imports", "jobs", "sessions", "personal_tokens", "log_additions", "milestones", "goals")
        for name in own:
            assert files[f"{name}.json"], name
        assert {(row["group__name"], row["role"]) for row in files["memberships.json"]} == {
            ("The private one", "owner"),
            ("The public one", "owner"),
        }
        names = (
            "groups",
            "join_requests",
            "group_bans",
            "group_actions",
            "invitations",
            "group_habits",
            "group_events",
            "share_links",
            "shares_given",
            "shares_received",
            "achievements_sent",
            "achievements_received",
            "partner_logs",
            "challenges",
            "participations",
            "former_participations",
            "challenge_invitations",
            "announcements",
        )
        for name in names:
            assert files[f"{name}.json"], name
        assert {row["habit_id"] for row in files["group_habits.json"]} == {str(world.measured.pk)}
        assert {row["kind"] for row in files["group_events.json"]} == {"joined", "shared"}
        assert [(row["event__group_id"], row["event__kind"]) for row in files["group_cheers.json"]] == [
            (str(world.club.pk), "shared")
        ]
        assert str(world.outsider.pk) not in json.dumps(files)
        assert world.client("outsider").get(job["result_url"]).status_code == 404

    def test_every_model_with_a_users_rows_is_in_it(self) -> None:
        """What holds nothing that the user has said or done is named here."""
        exported = {
            "User",
            "Session",
            "PersonalToken",
            "Job",
            "Habit",
            "ScheduleVersion",
            "HabitPause",
            "HabitLog",
            "LogAddition",
            "Milestone",
            "Goal",
            "Share",
            "Achievement",
            "Import",
            "Group",
            "Membership",
            "Ban",
            "JoinRequest",
            "AuditEntry",
            "Invitation",
            "ShareLink",
            "SharedHabit",
            "FeedEvent",
            "Cheer",
            "Challenge",
            "Participation",
            "Departure",
            "ChallengeInvitation",
            "Announcement",
        }
        derived = {"RoleHolders", "GroupRoleGrant", "DeletedGroup", "DeletedShareLink", "SpentId"}
        derived |= {"ChallengeUserGrant", "ChallengeGroupGrant"}
        derived |= {"HabitStats", "ChangeCounter", "Tombstone", "HabitUserGrant", "HabitGroupGrant", "Export", "Upload"}
        ours = {
            model.__name__
            for name in ("users", "habits", "groups", "sharing", "challenges", "integrations")
            for model in apps.get_app_config(name).get_models()
        }
        assert ours == exported | derived

    def test_it_is_kept_for_a_week_and_made_anew_after_a_crash(
        self, client: APIClient, ada: User, run_jobs: RunJobs, monkeypatch
    ) -> None:
        MeasuredHabitFactory(owner=ada)
        job_id = client.post(f"{V1}/users/me/export/").json()["id"]

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as patched:
            patched.setattr(exports, "finish_job", fail)
            with pytest.raises(RuntimeError):
                exports.make_export(Job.objects.get().pk)
        assert not Export.objects.exists()
        assert client.get(f"{V1}/users/me/exports/{job_id}/").status_code == 404
        run_jobs()
        assert client.get(f"{V1}/users/me/exports/{job_id}/").status_code == 200
        with time_machine.travel(now() + timedelta(days=7, seconds=1)):
            client = client_of(ada)
            assert client.get(f"{V1}/users/me/exports/{job_id}/").status_code == 404
            forget_expired()
            assert not Export.objects.exists()
            assert client.get(f"{V1}/jobs/{job_id}/").status_code == 404
            assert client.post(f"{V1}/users/me/export/").status_code == 202

    def test_there_is_one_archive_the_latest(self, client: APIClient, ada: User, run_jobs: RunJobs) -> None:
        other, imported = new_export(UserFactory()), JobFactory(owner=ada, kind="import")
        jobs = []
        for _ in range(3):
            jobs.append(client.post(f"{V1}/users/me/export/").json()["id"])
            run_jobs()
        assert [client.get(f"{V1}/users/me/exports/{job_id}/").status_code for job_id in jobs] == [404, 404, 200]
        assert {str(job_id) for job_id in Job.objects.values_list("pk", flat=True)} == {
            *(str(job.pk) for job in (other, imported)),
            jobs[2],
        }
        assert Export.objects.count() == 2

    def test_one_that_never_came_to_an_end_gives_way(
        self, client: APIClient, ada: User, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            client = client_of(ada)
            stuck = client.post(f"{V1}/users/me/export/").json()["id"]
            with monkeypatch.context() as patched:
                patched.setattr(exports, "_archive", lambda user: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    run_jobs()
            assert client.get(f"{V1}/jobs/{stuck}/").json()["state"] == "running"
            clock.shift(timedelta(minutes=59))
            client = client_of(ada)
            assert client.post(f"{V1}/users/me/export/").json()["code"] == "export_running"
            clock.shift(timedelta(minutes=1))
            answer = client.post(f"{V1}/users/me/export/")
            assert answer.status_code == 202
            failed = client.get(f"{V1}/jobs/{stuck}/").json()
            assert (failed["state"], failed["error"]["code"]) == ("failed", "export_failed")
            exports.make_export(UUID(stuck))  # a late try
            assert not Export.objects.exists()
            run_jobs()
            assert client.get(answer["Location"]).json()["state"] == "finished"
            assert list(Export.objects.values_list("pk", flat=True)) == list(Job.objects.values_list("pk", flat=True))

    def test_of_two_runs_one_makes_the_archive(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = exports.request_export(ada)
        archive = exports._archive

        def overtaken(user: User) -> bytes:
            monkeypatch.setattr(exports, "_archive", archive)
            exports.make_export(job.pk)
            return b"late"

        monkeypatch.setattr(exports, "_archive", overtaken)
        exports.make_export(job.pk)
        assert bytes(Export.objects.get().content) != b"late"

    def test_an_account_that_ends_meanwhile_has_none(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = exports.request_export(ada)

        def ended(user: User) -> bytes:
            User.objects.all().delete()
            return b""

        monkeypatch.setattr(exports, "_archive", ended)
        exports.make_export(job.pk)
        assert not Export.objects.exists()
