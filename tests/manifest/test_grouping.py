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


NAMED = WORDS._replace(group="group_name")


def test_a_group_that_rows_know_is_written_with_its_members_and_nobody_says_it_twice() -> None:
    held = [Row(tier, member, {}, "base") for tier in ("T1", "T2") for member in "BA"]

    assert tables(NAMED, [*held, Row("T1", "X", {})], {}) == (
        '[groups]\nbase = ["A", "B"]\n\n[tiers.T1]\ngroups = ["base"]\nelements = ["X"]\n'
        '\n[tiers.T2]\ngroups = ["base"]\n'
    )


def test_what_rows_know_of_no_group_gets_none() -> None:
    text = tables(NAMED, rows(T1="AB", T2="AB"), {})

    assert text == '[tiers.T1]\nelements = ["A", "B"]\n\n[tiers.T2]\nelements = ["A", "B"]\n'


def test_a_subject_with_other_members_of_a_group_lists_them_with_its_name() -> None:
    held = [Row(tier, member, {}, "base") for tier in ("T1", "T2") for member in "AB"] + [Row("T3", "A", {}, "base")]

    assert tables(NAMED, held, {}).endswith('[tiers.T3]\nelements = [{ element = "A", group_name = "base" }]\n')


def test_members_of_a_group_with_limits_of_their_own_are_listed() -> None:
    held = [Row("T1", "A", {"max": 1}, "base"), Row("T1", "B", {}, "base"), Row("T1", "C", {}, "base")]
    held += [Row("T2", member, {"max": 2}, "base") for member in "ABC"]
    text = tables(NAMED, held, {})

    assert 'base = ["A", "B", "C"]' in text
    assert '{ element = "A", max = 1, group_name = "base" }' in text
    assert text.endswith('[tiers.T2]\ngroups = ["base"]\nmax = 2\n')
