"""Ctrl-C and SIGTERM: the command leaves at once, says so, and the server does not go on in its name."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.database.lock import number
from tests.cli.processes import PATIENCE, PIPELINE, Terminal, environment, terminal
from tests.faults.conftest import holding
from tests.faults.states import BLOCKED, Known, ask, connections, untouched, wait, whole

AT_ONCE = 5.0
SAID = "error: Interrupted. Nothing was changed, save what is already reported as applied.\n"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
ADVISORY = f"SELECT pg_advisory_lock({number('homologation')})"
ROWS = "LOCK TABLE tier_element_inclusions IN SHARE MODE"  # everything may read them, and nobody write
READS = "LOCK TABLE elements IN ACCESS EXCLUSIVE MODE"
# A commit that waits until the test lets go of a lock.
LATE = (
    "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON pipeline.runs DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION late()",
)


@contextmanager
def started(home: Path, url: str, *arguments: str, deaf: bool = False) -> Iterator[subprocess.Popen[str]]:
    """The console script, at work. `deaf` starts it as a shell starts what runs in the background."""
    process = subprocess.Popen(  # noqa: S603
        [PIPELINE, *arguments],
        cwd=home,
        env=environment(PIPELINE_DATABASE_URL=url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if deaf else None,  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def leaves(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
    """Send the signal; what was said on both streams until it left, which it did at once."""
    since = time.monotonic()
    process.send_signal(number)
    found = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - since < AT_ONCE
    return found


@pytest.mark.parametrize("sent", CODES)
@pytest.mark.parametrize("lock", [ROWS, ADVISORY], ids=["a statement", "another apply"])
def test_while_it_waits(known: Known, home: Path, case: str, sent: signal.Signals, lock: str) -> None:
    with holding(case, lock), started(home, case, "apply", "--yes") as process:
        if lock == ROWS:
            wait(lambda: ask(case, BLOCKED))
        else:
            assert process.stderr
            assert process.stderr.readline().startswith("Waiting for another apply of homologation: ")
        shown, said = leaves(process, sent)
        assert (process.returncode, said) == (CODES[sent], SAID)
        assert "Applied" not in shown
        assert connections(case) == 0
        assert untouched(known, case)
    assert whole(known, case) == "before"


@pytest.mark.parametrize("sent", CODES)
def test_while_it_plans(known: Known, home: Path, case: str, sent: signal.Signals) -> None:
    with holding(case, READS), started(home, case, "plan") as process:
        wait(lambda: ask(case, BLOCKED))
        assert leaves(process, sent) == ("", SAID)
        assert process.returncode == CODES[sent]
        assert connections(case) == 0
    assert whole(known, case) == "before"


def test_where_ctrl_c_is_not_to_be_heard(known: Known, home: Path, case: str) -> None:
    with holding(case, ROWS), started(home, case, "apply", "--yes", deaf=True) as process:
        wait(lambda: ask(case, BLOCKED))
        process.send_signal(signal.SIGINT)
        _, said = leaves(process, signal.SIGTERM)
        assert (process.returncode, said) == (143, SAID)
        wait(lambda: connections(case) == 0)
    assert whole(known, case) == "before"


@pytest.mark.parametrize("sent", CODES)
def test_while_it_asks(known: Known, home: Path, case: str, sent: signal.Signals) -> None:
    with terminal(home, "apply", PIPELINE_DATABASE_URL=case) as person:
        person.wait_for("Apply this plan? [y/N]: ")
        asleep(person)
        since = time.monotonic()
        os.kill(person.process.pid, sent)
        assert person.finish() == CODES[sent]
        assert time.monotonic() - since < AT_ONCE
    assert SAID in person.shown
    assert whole(known, case) == "before"


def asleep(person: Terminal) -> None:
    """Wait until the process does nothing but wait for an answer."""
    state = Path(f"/proc/{person.process.pid}/stat")
    wait(lambda: re.search(r"\) S ", state.read_text()))


def taken_in(process: subprocess.Popen[str], sent: signal.Signals) -> bool:
    """Whether the process has got the signal."""
    pending = re.findall(r"^S[hi]\w*Pnd:\t(\w+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    return not any(int(bits, 16) >> (sent - 1) & 1 for bits in pending)


@pytest.mark.parametrize("sent", CODES)
def test_a_commit_is_seen_through_and_told(known: Known, home: Path, case: str, sent: signal.Signals) -> None:
    for statement in LATE:
        ask(case, statement)
    with started(home, case, "apply", "--yes") as process:
        with holding(case, "SELECT pg_advisory_lock(1)"):
            wait(lambda: ask(case, BLOCKED))
            process.send_signal(sent)
            wait(lambda: taken_in(process, sent))
        shown, said = process.communicate(timeout=PATIENCE)
    assert shown.endswith("(run 2).\n")
    assert (process.returncode, said) == (CODES[sent], SAID)
    assert whole(known, case) == "after"


def test_a_commit_that_does_not_end_is_told_as_unknown(known: Known, home: Path, case: str) -> None:
    for statement in LATE:
        ask(case, statement)
    with started(home, case, "apply", "--yes") as process, holding(case, "SELECT pg_advisory_lock(1)"):
        wait(lambda: ask(case, BLOCKED))
        shown, said = leaves(process, signal.SIGTERM)
        assert process.returncode == 1
        assert "Applied" not in shown
        assert said == (
            "error: The command was told to leave while the changes were being committed, so it is unknown whether "
            "they were: either all of them were made or none. Run `pipeline plan` again: what it still shows was "
            "not made.\n"
        )
        wait(lambda: connections(case) == 0)
    assert whole(known, case) == "before"
