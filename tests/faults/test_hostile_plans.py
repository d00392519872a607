"""Plan files that were written to do harm: an error in words, and nothing is written."""

from __future__ import annotations

import dataclasses
import io
import random
import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from pipeline import commands
from pipeline.cli import run
from pipeline.database.lock import number
from pipeline.model.address import Address
from pipeline.model.resource import Origin
from pipeline.packs import CATALOG
from pipeline.plan import planfile
from pipeline.plan.change import ACTIONS, FieldChange
from tests.faults.conftest import holding
from tests.faults.states import Known, ask, untouched, whole
from tests.faults.test_hostile_manifests import RAW

TOKEN = re.compile(rb'"[^"\\]*"|-?\d+|true|false|null|[][{},:]')
INSTEAD = (
    *(b"1e999999999", b"-1", b"9" * 5000, b"NaN", b"Infinity", b"null", b"true", b'""', b"[]", b"{}", b"[[[[]]]]"),
    *(b'"\\u001b[2J"', b'"\\ud800"', b'"\\u0000"', b'"__class__"', b'"' + b"x" * 100_000 + b'"'),
    *(b"[" * 20_000 + b"]" * 20_000, b'{"a":' * 20_000 + b"1" + b"}" * 20_000, b"", b",", b"\x1b", b"\xff"),
)


@pytest.fixture
def content(home: Path, case: str, capsys: pytest.CaptureFixture[str]) -> Iterator[bytes]:
    """A plan as it is saved; it lies in the working directory. Another apply seems to run."""
    assert run(["plan", "--out", "plan.json", "--database-url", case]) == 0
    capsys.readouterr()
    with holding(case, f"SELECT pg_advisory_lock({number('homologation')})"):
        yield (home / "plan.json").read_bytes()


def signed(content: bytes) -> bytes:
    """The content with the digest that fits it, as somebody would make it who knows how."""
    blank = re.sub(rb'(?m)^"digest": "[0-9a-f]{64}",$', b'"digest": "' + b"0" * 64 + b'",', content)
    return blank.replace(b"0" * 64, blake2b(blank, digest_size=32).hexdigest().encode(), 1)


def refused(file: Path, content: bytes, url: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """See that neither show nor apply crashes, that nothing raw is shown, and that a plan is shown or refused.

    Whether the apply was refused; what is still the plan that was made finds the lock held.
    """
    file.write_bytes(content)
    for arguments in (["show", str(file)], ["apply", str(file), "--yes", "--lock-timeout", "0"]):
        code = run([*arguments, "--database-url", url])
        out, err = capsys.readouterr()
        assert code in (0, 1, 4), err
        assert "pipeline itself" not in err, (err, content[:3000])
        assert "Traceback" not in err
        assert not RAW.search(out + err)
        assert code == 0 or "error: " in err
    return code != 0


def test_other_tokens(known: Known, home: Path, case: str, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random(0)  # noqa: S311
    places = [found.span() for found in TOKEN.finditer(content)]
    for _ in range(60):
        start, end = dice.choice(places)
        assert refused(home / "x.json", signed(content[:start] + dice.choice(INSTEAD) + content[end:]), case, capsys)
    assert untouched(known, case)


def test_other_bytes(known: Known, home: Path, case: str, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random(0)  # noqa: S311
    for turn in range(60):
        changed = bytearray(content)
        start = dice.randrange(len(changed))
        changed[start : start + dice.choice((0, 1, 1, 50))] = dice.randbytes(dice.choice((0, 1, 5)))
        assert refused(home / "x.json", bytes(changed) if turn % 2 else signed(bytes(changed)), case, capsys)
    for other in (
        b"",
        b"{}",
        b"\x1b[2J",
        content[: len(content) // 2],
        content * 2,
        b"[" * 100_000,
        dice.randbytes(9999),
    ):
        assert refused(home / "x.json", other, case, capsys)
    assert untouched(known, case)


TEXT = "\x1b[2J\u202e\x9b'; DROP TABLE elements; --\nx"


def _key(change: Any) -> Any:
    key = (*change.address.key[:-1], TEXT)
    return change._replace(address=Address(change.address.kind, key))


def _values(change: Any) -> Any:
    fields = tuple(field._replace(before=TEXT, after=TEXT + "y") for field in change.fields)
    return change._replace(fields=fields, declared=dict.fromkeys(change.declared, TEXT))


def _unknown(change: Any) -> Any:
    values = {**change.declared, "category": ("nowhere",)} if "category" in change.declared else change.declared
    return change._replace(declared=values)


@pytest.mark.parametrize(
    "forge",
    [
        *(_key, _values, _unknown),
        *(lambda change, action=action: change._replace(action=action) for action in ACTIONS),
        lambda change: change._replace(origin=Origin(TEXT)),
        lambda change: change._replace(address=Address("tier", change.address.key)),
        lambda change: change._replace(address=Address(change.address.kind, ())),
        lambda change: change._replace(address=Address(change.address.kind, ("a", "b", "c"))),
        lambda change: change._replace(address=Address(change.address.kind, tuple(("x",) for _ in change.address.key))),
        lambda change: change._replace(active=not change.active),
        lambda change: change._replace(fields=(FieldChange("category", "a", "b", "manifest"),)),
    ],
    ids=[
        "keys",
        "values",
        "unknown",
        *ACTIONS,
        "files",
        "kinds",
        "no key",
        "long key",
        "nested key",
        "liveness",
        "fields",
    ],
)
@pytest.mark.parametrize("kind", ["policy", "tier_inclusion"])
def test_a_forged_plan_whose_digests_all_fit(
    known: Known, home: Path, case: str, capsys: pytest.CaptureFixture[str], forge: Any, kind: str
) -> None:
    assert run(["plan", "--out", "plan.json", "--database-url", case]) == 0
    capsys.readouterr()
    database, (prepared,) = commands.load_plan(home / "plan.json", CATALOG)
    changes = [forge(change) if change.address.kind == kind else change for change in prepared.plan.changes]
    forged = dataclasses.replace(prepared.plan, changes=tuple(changes))
    stream = io.BytesIO()
    planfile.dump(stream, database, [(forged, prepared.before())], {prepared.pack.name: prepared.pack})
    if refused(home / "x.json", stream.getvalue(), case, capsys):
        assert untouched(known, case)
    else:
        assert ask(case, "SELECT count(*), max(plan_digest) FROM pipeline.runs WHERE id > 1") == [(1, forged.digest)]


def test_the_plan_itself_is_good(known: Known, home: Path, case: str) -> None:
    assert run(["plan", "--out", "plan.json", "--database-url", case]) == 0
    (home / "x.json").write_bytes(signed((home / "plan.json").read_bytes()))
    assert run(["apply", "x.json", "--yes", "--database-url", case]) == 0
    assert whole(known, case) == "after"
