"""`manage.py recount` proves boards, and makes them right again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leaderboards.models import PUBLIC, Bucket, Score, Shift
from leaderboards.services.ranking import fold_shifts, list_miscounted
from tests.leaderboards.conftest import Player

pytestmark = pytest.mark.slow


@pytest.fixture
def people(player: Player):
    found = [player("ada", 9), player("ben", 4), player("cem", 12, "hidden")]
    while fold_shifts():
        pass
    return found


def lines(*options: str) -> list[str]:
    output = StringIO()
    try:
        call_command("recount", *options, stdout=output)
    except CommandError:
        assert options == ("--check",)
    return output.getvalue().splitlines()


def assert_found_and_repaired(count: int, *starts: str) -> None:
    before = list(Score.objects.order_by("pk").values()), list(Bucket.objects.order_by("pk").values())
    found = lines("--check")
    assert len(found) == count + 1
    for line, start in zip(found, starts, strict=False):
        assert line.startswith(start)
    assert (list(Score.objects.order_by("pk").values()), list(Bucket.objects.order_by("pk").values())) == before
    assert lines() == [*found[:-1], f"{count} differences, now repaired."]
    assert lines("--check") == ["0 differences."]
    assert list_miscounted() == []


def test_nothing_differs_after_writes(people) -> None:
    assert lines("--check") == ["0 differences."]


def test_a_wrong_score_and_what_ranks_are_counted_from(people) -> None:
    Score.objects.filter(user=people[0], kind=10).update(negative=-99)
    # The score is put right and noted as a shift, so that the buckets, which were right, are counted anew as well.
    found = lines("--check")
    assert [line.split(":")[0].split()[0] for line in found[:-1]] == ["score", "board"]
    lines()
    assert lines("--check") == ["0 differences."]


def test_scores_that_are_missing(people) -> None:
    Score.objects.all().delete()
    Bucket.objects.all().delete()
    # All of three people: all time, two days that are today somewhere, the week, the month, and both streaks.
    assert_found_and_repaired(3 * 7, f"score of {people[0].pk} in {PUBLIC!r}: completions 1970-01-01, 0 for 9")


def test_who_is_shown_against_the_settings(people) -> None:
    Score.objects.filter(user=people[2]).update(is_shown=True)
    found = lines("--check")
    assert f"score of {people[2].pk}: is_shown" in found
    lines()
    assert not Score.objects.filter(user=people[2], is_shown=True).exists()
    assert lines("--check") == ["0 differences."]


def test_buckets_that_are_wrong(people) -> None:
    Bucket.objects.filter(kind=10, level=1).update(count=7)
    assert_found_and_repaired(1, "board completions 1970-01-01: buckets")


def test_shifts_that_were_lost(people) -> None:
    Shift.objects.create(user_id=people[0].pk, kind=21, starts_on="1970-01-01", score=3, change=1)
    assert_found_and_repaired(1, "board current_days 1970-01-01: buckets")
    assert not Shift.objects.exists()
