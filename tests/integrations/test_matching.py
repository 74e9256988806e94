"""Importing again: which habit is which."""

from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.formats import parse
from integrations.domain.matching import match_known, richer_key, source_key
from tests.integrations.loop_files import backup, export, new_row


def key(name, identity="", ordinal=0, *, is_measured=False):
    return source_key(name=name, is_measured=is_measured, ordinal=ordinal, identity=identity)


def keys(data):
    return [habit.source_key for habit in parse(data).habits]


def test_the_same_file_names_the_same_habits():
    data = backup([{"name": "Vegan"}, {"name": "Vegan", "position": 1}, {"name": "Run", "position": 2}])
    assert len(set(keys(data))) == 3
    assert match_known(keys(data), keys(data)) == {name: name for name in keys(data)}


def test_a_backup_and_an_export_of_one_phone_name_the_same_habits():
    names = ["Vegan", "Vegan", "Бег"]
    old = keys(backup([{"name": name, "position": place} for place, name in enumerate(names)], version=12))
    new = keys(backup([{"name": name, "position": place, "uuid": f"{place:032}"} for place, name in enumerate(names)]))
    table = keys(export([new_row(place, name) for place, name in enumerate(names, 1)], {}))
    assert old == table
    assert list(match_known(new, old).values()) == old
    assert list(match_known(table, new).values()) == new


def test_a_renamed_habit_is_found_by_its_identity():
    assert match_known([key("Jog", "u1")], [key("Run", "u1")]) == {key("Jog", "u1"): key("Run", "u1")}


def test_a_new_habit_does_not_inherit_the_name_of_a_renamed_one():
    known = [key("Run", "u1")]
    found = [key("Run", "u2"), key("Jog", "u1")]
    assert match_known(found, known) == {key("Jog", "u1"): known[0]}


def test_identities_that_differ_are_passed_over_for_a_name_without():
    known = [key("Run", "u1"), key("Run")]
    assert match_known([key("Run", "u2")], known) == {key("Run", "u2"): key("Run")}


def test_a_known_habit_is_given_once():
    assert match_known([key("Run", "u1"), key("Run", "u2")], [key("Run")]) == {key("Run", "u1"): key("Run")}


def test_a_measured_habit_is_never_a_yes_no_habit():
    assert match_known([key("Run", is_measured=True)], [key("Run")]) == {}


def test_the_key_to_keep_has_the_identity_and_the_newest_name():
    assert richer_key(key("Run", "u1"), key("Run")) == key("Run", "u1")
    assert richer_key(key("Run"), key("Run", "u1")) == key("Run", "u1")
    assert richer_key(key("Jog", "u1"), key("Run", "u1")) == key("Jog", "u1")
    assert richer_key(key("Run"), key("Run")) == key("Run")


KEYS = st.lists(st.builds(key, st.sampled_from("ab"), st.sampled_from(["", "u", "v", "w"]), st.integers(0, 1)), unique=True)


@given(found=KEYS, known=KEYS)
def test_matches_are_pairs_that_agree(found, known):
    matched = match_known(found, known)
    assert set(matched) <= set(found)
    assert len(set(matched.values())) == len(matched)
    assert set(found) & set(known) <= set(matched)
    for one, other in matched.items():
        (name, _, identity), (other_name, _, other_identity) = one.partition(":"), other.partition(":")
        assert identity == other_identity or (name == other_name and "" in (identity, other_identity))
