"""What a username may look like, and how far its key can grow."""

import sys
import unicodedata

import pytest

from config.text import key_of
from users.domain.names import is_username, normalize_username
from users.models import User


@pytest.mark.parametrize("name", ["ada", "Ada.Lovelace", "a_b-c.d", "123", "übung", "Ωmega", "李小龙", "हिन्दी", "x" * 30])
def test_names_in_every_script_are_taken(name: str) -> None:
    assert is_username(normalize_username(name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "x" * 31,
        "a b",
        "a@b",
        "a\x00b",
        "a\nbc",
        "_ab",
        ".ab",
        "-ab",
        "abc\u200b",
        "abc\u202e",
        "ab\ud800",
        "abc😀",
        "a/bc",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    assert not is_username(normalize_username(name))


def test_normal_form_makes_equal_looking_names_equal() -> None:
    assert normalize_username("ｆｕｌｌ") == "full"
    assert normalize_username("u\u0308bung") == "übung"


def test_key_of_the_longest_name_fits_its_column() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalnum()]
    normal = [letter for letter in letters if unicodedata.normalize("NFKC", letter) == letter]
    longest = max(len(key_of(letter)) for letter in normal)
    assert longest * 30 <= User._meta.get_field("username_key").max_length  # type: ignore[operator, union-attr]
