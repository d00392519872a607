"""Rows of a mapping as tables and groups."""

from __future__ import annotations

from pipeline.manifest.grouping import Row, Words, tables

WORDS = Words("tiers", "elements", "element")


def rows(**held: str) -> list[Row]:
    """Subjects with members of one letter each."""
    return [Row(subject, member, {}) for subject, members in held.items() for member in members]


def test_what_several_hold_alike_is_a_group_and_the_rest_is_listed() -> None:
    text = tables(WORDS, rows(T1="ABCX", T2="ABC", T3="C"), {"T1": ["T3", "T2"]})

    assert text == (
        "[groups]\n"
        'T1_T2 = ["A", "B"]\n'
        "\n"
        "[tiers.T1]\n"
        'groups = ["T1_T2"]\n'
        'elements = ["C", "X"]\n'
        'includes = ["T2", "T3"]\n'
        "\n"
        "[tiers.T2]\n"
        'groups = ["T1_T2"]\n'
        'elements = ["C"]\n'
        "\n"
        "[tiers.T3]\n"
        'elements = ["C"]\n'
    )


def test_a_limit_of_all_members_is_written_once_and_others_beside_theirs() -> None:
    held = [Row("T1", "A", {"max": 1}), Row("T1", "B", {"max": 1}), Row("T1", "C", {"max": 2, "min": 1})]

    assert tables(WORDS, held, {}) == (
        '[tiers.T1]\nelements = ["A", "B", { element = "C", max = 2, min = 1 }]\nmax = 1\n'
    )


def test_no_limit_is_written_for_all_that_one_member_does_without() -> None:
    held = [Row("T1", "A", {"max": 1}), Row("T1", "B", {"max": 1}), Row("T1", "C", {})]
    listed = '[{ element = "A", max = 1 }, { element = "B", max = 1 }, "C"]'

    assert tables(WORDS, held, {}) == f"[tiers.T1]\nelements = {listed}\n"


def test_a_group_may_be_limited_where_it_is_used() -> None:
    held = [*rows(T1="AB", T2="X"), Row("T2", "A", {"max": 1}), Row("T2", "B", {"max": 1})]
    text = tables(WORDS, held, {})

    assert 'groups = ["T1_T2"]\n\n' in text
    assert 'groups = [{ group = "T1_T2", max = 1 }]\nelements = ["X"]\n' in text


def test_groups_of_the_same_name_are_numbered_and_long_names_cut() -> None:
    limited = [Row(subject, member, {"max": 1}) for subject in ("T1", "T2") for member in "CD"]
    other = rows(**{f"U{number}": "EF" for number in range(6)})
    text = tables(WORDS, [*rows(T1="AB", T2="AB"), *limited, *other], {})

    assert text.startswith('[groups]\nT1_T2 = ["A", "B"]\nT1_T2_2 = ["C", "D"]\nU0_and_5_more = ["E", "F"]\n')
