"""Every type of column, from manifests to rows and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
import tomli_w
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.database.session import make_engine
from pipeline.model.moments import Moment
from pipeline.render import text as render
from tests import measured
from tests.measured import HEAD, NORTH, PACK, Bench, Invalid, declared

ZONES = {"zones.toml": HEAD + '[[zones]]\ncode = "north"\n'}
INSIDE = HEAD + 'zone = "north"\n'


@pytest.fixture
async def bench(database: str) -> AsyncIterator[Bench]:
    await measured.create_tables(database)
    engine, connection = make_engine(database), await asyncpg.connect(database)
    yield Bench(engine, connection)
    await connection.close()
    await engine.dispose()


def reading(**values: Any) -> dict[str, str]:
    """The manifests of one reading."""
    entry = {"code": "A"} | values
    return ZONES | {"readings.toml": INSIDE + tomli_w.dumps({"readings": [entry]})}


def bare(line: str) -> dict[str, str]:
    """The manifests of one reading, with a line as it is written."""
    return ZONES | {"readings.toml": f'{INSIDE}[[readings]]\ncode = "A"\n{line}\n'}


OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=OFFSETS)
DAYS = st.dates()
FLOATS = st.floats(-1e15, 1e15).filter(lambda number: not number or abs(number) > 1e-13).map(lambda x: Decimal(repr(x)))


def written(value: Any) -> st.SearchStrategy[Any]:
    """A date or time as TOML writes it, or as text."""
    return st.sampled_from((value, value.isoformat()))


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "note": st.sampled_from(("2024-05-01", "infinity", "ñandú", "NaN")),
        "small": st.integers(-(2**15), 2**15 - 1) | st.sampled_from((-(2**15), 2**15 - 1)),
        "whole": st.integers(-(2**31), 2**31 - 1),
        "big": st.integers(-(2**63), 2**63 - 1) | st.sampled_from((-(2**63), 2**63 - 1)),
        "price": st.integers(0, 10**10 - 1).map(lambda cents: Decimal(cents) / 100),
        "ratio": FLOATS | st.integers(-(2**63), 2**63 - 1) | st.sampled_from((Decimal("-0.0"), Decimal("1E+30"))),
        "share": st.floats(0, 1).filter(lambda x: not x or x > 1e-13).map(lambda x: Decimal(repr(x))),
        "sure": st.booleans(),
        "more": st.dictionaries(st.sampled_from("ab"), st.sampled_from((1, Decimal("1.0"), "2024-05-01", True))),
        "day": DAYS.flatmap(written),
        "start": (DAYS | st.sampled_from((date.min, date.max))).flatmap(written),
        "at": TIMES.flatmap(written) | DAYS.filter(lambda day: day.year > 1).flatmap(written),
        "until": TIMES.flatmap(written)
        | st.sampled_from((datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))),
    },
)


def meant(name: str, value: Any) -> Any:
    """What a manifest's value comes to."""
    kind = PACK.kind["reading"].field[name].type
    if kind == "date":
        return str(value)
    if kind == "timestamp":
        found = datetime.fromisoformat(str(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return float(value) if kind == "float" else value


# The database of a test is emptied before each of its examples, so they share it without seeing each other.
many = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@example(before={"at": date.max, "start": date.max, "day": date.min}, after={"start": date.min})
@example(before={"ratio": Decimal("0.1"), "share": 1}, after={"ratio": Decimal("1e22"), "share": 0})
@given(before=VALUES, after=VALUES)
async def test_what_is_written_is_read_back_and_then_nothing_is_left_to_do(
    bench: Bench, before: dict[str, Any], after: dict[str, Any]
) -> None:
    await bench.reset()
    for values in (before, after):
        await bench.apply(reading(**values))

        row = (await bench.snapshot()).state["reading"][NORTH, "A"].values
        for name, value in values.items():
            if name != "more":
                assert row[name] == meant(name, value), name
        again, _ = await bench.plan(reading(**values))
        assert again.is_empty
    for name in before.keys() - after.keys():
        assert row[name] == PACK.kind["reading"].field[name].default


@many
@given(values=VALUES)
async def test_exported_manifests_change_no_row(bench: Bench, values: dict[str, Any]) -> None:
    await bench.reset()
    await bench.apply(reading(**values))

    exported = await bench.export()
    plan, _ = await bench.plan(exported.files)

    assert exported.unsaid.fields == {}
    assert plan.changes == ()


@many
@given(values=VALUES)
async def test_a_drifted_row_is_brought_back(bench: Bench, values: dict[str, Any]) -> None:
    await bench.reset()
    await bench.apply(reading(**values))
    await bench.run_sql(
        "UPDATE readings SET ratio = 'NaN', share = 0.125, day = 'infinity', start = '0044-03-15 BC', at = '-infinity',"
        " until = '12024-05-01 10:00:00.5+02', big = 5, small = 5"
    )

    plan = await bench.apply(reading(**values))

    assert {field.name for change in plan.changes for field in change.fields} == {
        name for name in values if name in {"ratio", "share", "day", "start", "at", "until", "big", "small"}
    } - ({"share"} if values.get("share") == Decimal("0.125") else set()) - {
        name for name in ("big", "small") if values.get(name) == 5
    }


async def test_what_only_the_database_can_hold_is_told_and_given_back(bench: Bench) -> None:
    await bench.apply(reading())
    await bench.run_sql(
        "UPDATE readings SET ratio = '-Infinity', day = 'infinity', start = '0044-03-15 BC', at = '-infinity',"
        " until = '12024-05-01 10:00:00.5+02'"
    )

    row = (await bench.snapshot()).state["reading"][NORTH, "A"].values
    exported = await bench.export()

    assert {name: row[name] for name in ("ratio", "day", "start", "at", "until")} == {
        "ratio": "-Infinity",
        "day": "infinity",
        "start": "0044-03-15 BC",
        "at": "-infinity",
        "until": "12024-05-01T08:00:00.500000+00:00",
    }
    assert {name for _, name in exported.unsaid.fields} == {"ratio", "day", "start", "at", "until"}

    plan = await bench.apply(reading(ratio=Decimal("0.5"), day="2024-05-01", start="2024-05-01", at="2024-05-01"))
    again, snapshot = await bench.plan(reading())
    assert {field.before for field in plan.changes[0].fields} == {"-Infinity", "infinity", "0044-03-15 BC", "-infinity"}
    back = plan.changes[0]._replace(
        fields=tuple(field._replace(before=field.after, after=field.before) for field in plan.changes[0].fields)
    )
    await bench.carry_out(_with(again, back), snapshot.state)
    assert (await bench.snapshot()).state["reading"][NORTH, "A"].values["start"] == "0044-03-15 BC"


def _with(plan: Any, *changes: Any) -> Any:
    from dataclasses import replace

    return replace(plan, changes=changes, records=())


@pytest.mark.parametrize("size", [999, 1001])
async def test_many_rows_are_created_at_once(bench: Bench, size: int) -> None:
    entries = [
        {"code": f"R{number}", "day": date.max, "at": "9999-12-31T23:59:59.999999Z", "ratio": Decimal(number) / 10}
        for number in range(size)
    ]
    files = ZONES | {"readings.toml": INSIDE + tomli_w.dumps({"readings": entries})}

    await bench.apply(files)

    assert (await bench.plan(files))[0].is_empty
    found = await bench.connection.fetchval("SELECT count(*) FROM readings WHERE day = '9999-12-31' AND isfinite(at)")
    assert found == size


async def test_rows_whose_keys_are_integers_or_texts_are_referred_to(bench: Bench) -> None:
    await bench.apply(ZONES)
    await bench.run_sql(
        "INSERT INTO stations (zone_id, code) SELECT id, unnest(ARRAY['S1', 'S2']) FROM zones;"
        "INSERT INTO sensors (zone_id, code) SELECT id, unnest(ARRAY['T1', 'T2']) FROM zones"
    )

    def files(station: str, sensor: str) -> dict[str, str]:
        stations = [{"code": code, "height": Decimal("1.5")} for code in ("S1", "S2")]
        sensors = [{"code": code, "station": station, "since": date(2024, 5, 1)} for code in ("T1", "T2")]
        more = {"stations": stations, "sensors": sensors}
        return reading(station=station, sensor=sensor) | {"more.toml": INSIDE + tomli_w.dumps(more)}

    for station, sensor in (("S1", "T2"), ("S2", "T1")):
        await bench.apply(files(station, sensor))

        state = (await bench.snapshot()).state
        assert state["reading"][NORTH, "A"].values["station"] == (NORTH, station)
        assert state["reading"][NORTH, "A"].values["sensor"] == (NORTH, sensor)
        assert state["sensor"][NORTH, "T1"].values["station"] == (NORTH, station)
        assert (await bench.plan(files(station, sensor)))[0].is_empty
    assert (await bench.plan((await bench.export()).files))[0].changes == ()


@many
@given(before=VALUES, after=VALUES)
async def test_the_change_log_tells_what_the_plan_did(
    bench: Bench, before: dict[str, Any], after: dict[str, Any]
) -> None:
    await bench.reset()
    for values in (before, after):
        plan = await bench.apply(reading(**values))

        entries = await bench.last_entries()
        if not plan.is_empty:
            assert [(entry.address, entry.fields) for entry in entries if entry.action != "record"] == [
                (change.address, tuple(sorted(change.fields))) for change in plan.changes
            ]
            assert {entry.address: entry.declared for entry in entries} == {
                **{one.address: one.declared for one in plan.changes},
                **{one.address: one.declared for one in plan.records},
            }


async def test_a_row_may_be_keyed_by_a_day(bench: Bench) -> None:
    files = ZONES | {"prices.toml": INSIDE + "[[prices]]\nvalid_from = 2024-05-01\namount = 1.5\n"}

    await bench.apply(files)

    assert (await bench.plan(files))[0].is_empty
    assert list((await bench.snapshot()).state["price"]) == [(NORTH, "2024-05-01")]
    assert (await bench.plan((await bench.export()).files))[0].changes == ()
    assert type(next(iter((await bench.snapshot()).state["price"]))[1]) is str


async def test_a_plan_shows_dates_and_floats_as_manifests_write_them(bench: Bench) -> None:
    await bench.apply(bare("day = 2024-05-01\nat = 2024-05-01\nratio = 1"))

    plan, _ = await bench.plan(bare('day = 2024-05-02\nat = "2024-05-01T10:00:00.25+02:00"\nratio = 0.25'))

    lines = [line.strip() for line in render.render(plan).splitlines()]
    assert "day      2024-05-01 -> 2024-05-02" in lines
    assert "at       2024-05-01T00:00:00+00:00 -> 2024-05-01T08:00:00.250000+00:00" in lines
    assert "ratio    1.0 -> 0.25" in lines


async def test_what_somebody_changed_is_taken_into_a_manifest(bench: Bench) -> None:
    files = bare('day = "2024-05-01" # its day\nat = 2024-05-01\nratio = 1')
    await bench.apply(files)
    await bench.run_sql("UPDATE readings SET day = '2024-06-01', at = '2024-06-01 10:00+02', ratio = 0.1")

    taken = await bench.taken(files)

    assert taken == bare("day = 2024-06-01 # its day\nat = 2024-06-01T08:00:00+00:00\nratio = 0.1")["readings.toml"]


async def test_an_export_writes_dates_without_quotes(bench: Bench) -> None:
    await bench.apply(bare('day = "2024-05-01"\nat = 2024-05-01\nnote = "2024-05-01"\nratio = 1e22\nshare = 0.125'))

    (text,) = [text for name, text in (await bench.export()).files.items() if "readings" in name]

    assert text.endswith(
        '[[readings]]\ncode = "A"\nnote = "2024-05-01"\nratio = 1e+22\nshare = 0.125\n'
        "day = 2024-05-01\nat = 2024-05-01T00:00:00+00:00\n"
    )


async def test_settings_of_the_server_do_not_change_what_is_read(bench: Bench) -> None:
    name = await bench.connection.fetchval("SELECT current_database()")
    await bench.run_sql(
        f"ALTER DATABASE {name} SET datestyle = 'SQL, DMY'; ALTER DATABASE {name} SET extra_float_digits = 0"
    )
    await bench.engine.dispose()

    await bench.apply(bare("day = 2024-05-01\nat = 2024-05-01T10:00:00+02:00\nratio = 0.30000000000000004"))

    row = (await bench.snapshot()).state["reading"][NORTH, "A"].values
    assert (row["day"], row["at"], row["ratio"]) == ("2024-05-01", "2024-05-01T08:00:00+00:00", 0.30000000000000004)
    assert isinstance(row["day"], Moment)


@pytest.mark.parametrize(
    ("line", "rule", "message", "hint"),
    [
        ("day = 2024-05-01T10:00:00Z", "pattern", '"day" cannot be written as', "a date has no time: write 2024-05-01"),
        ("day = 08:30:00", "pattern", '"08:30:00"', "write year, month and day: 2024-05-01"),
        ('day = "1.5.2024"', "pattern", '"1.5.2024"', "write year, month and day: 2024-05-01"),
        ('day = "2024-02-30"', "date", "no calendar has this day", "write the date or time that is meant"),
        ('day = "0000-01-01"', "date", "no calendar has this day", "write the date"),
        ("day = 20240501", "type", '"day" must be a date, not a number', "write year, month and day: 2024-05-01"),
        ("at = 2024-05-01T10:00:00", "pattern", '"at"', "say the offset, such as 2024-05-01T10:00:00Z"),
        ('at = "2024-05-01 10:00:00"', "pattern", '"at"', "say the offset, such as 2024-05-01T10:00:00Z"),
        ('at = "2024-05-01T10:00Z"', "pattern", '"at"', "write a date, or date, time and offset"),
        ('at = "2024-05-01T24:00:00Z"', "date", "no clock shows this time", "write the date or time"),
        ('at = "2016-12-31T23:59:60Z"', "date", "no clock shows this time", "write the date or time"),
        ('at = "2024-02-30"', "date", "no calendar has this day", "write the date or time"),
        ('at = "9999-12-31T23:59:59-01:00"', "date", "outside of the years 1 to 9999", "write the date or time"),
        ('at = "2024-05-01T10:00:00.1234567Z"', "date", "only 6 digits of a second", "write the date or time"),
        ("at = 2024-05-01T10:00:00.1234567Z", "date", "more than 6 digits of a second", "round it yourself"),
        ("at = true", "type", '"at" must be a date or a moment, not true', "write a date"),
        ("note = 2024-05-01", "date", "cannot stand here by itself", 'write it as text in quotes: "2024-05-01"'),
        ("whole = 2024-05-01", "date", "cannot stand here by itself", 'write it as text in quotes: "2024-05-01"'),
        ("more = { a = [2024-05-01] }", "date", "cannot stand here by itself", 'in quotes: "2024-05-01"'),
        ("sensor = 2024-05-01", "date", "cannot stand here by itself", 'in quotes: "2024-05-01"'),
        ("ratio = nan", "not-a-number", "no numbers", "write a number"),
        ("ratio = -inf", "not-a-number", "no numbers", "write a number"),
        ("share = 1.5", "range", "at most 1", ""),
        ("small = 32768", "range", "at most 32767", ""),
        ("big = 9223372036854775808", "number-range", "too large", ""),
    ],
)
def test_what_a_manifest_cannot_say_is_told_in_words(line: str, rule: str, message: str, hint: str) -> None:
    with pytest.raises(Invalid) as raised:
        declared(bare(line))

    (found,) = raised.value.found
    assert (found.rule, found.place and found.place.line) == (rule, 6)
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    "line",
    [
        "at = 2024-05-01T10:00:00.1234560Z",
        'at = "2024-05-01T10:00:00.1234560Z"',
        "at = 2024-05-01T12:00:00.123456+02:00 # not 10:00:00.1234567",
        'at = "2024-05-01t10:00:00.123456z"',
        "at = 2024-05-01 10:00:00.123456Z\nnote = '10:00:00.1234567'",
    ],
)
def test_equal_moments_are_equal_however_they_are_written(line: str) -> None:
    _, desired = declared(bare(line))

    assert desired.state["reading"][NORTH, "A"].values["at"] == "2024-05-01T10:00:00.123456+00:00"
