"""What goes wrong with the server's programs, and what is said of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.database import embedded, postmaster
from pipeline.database.postmaster import Postmaster, Programs
from pipeline.errors import DatabaseError
from tests.conftest import QUICK

NOBODY = Programs(Path("/nowhere"), None)


def test_a_program_that_is_not_there() -> None:
    assert postmaster._run(NOBODY, Path("/"), "pg_ctl") == "pg_ctl: No such file or directory"


def test_a_program_that_says_nothing() -> None:
    assert postmaster._run(Programs(Path("/bin"), None), Path("/"), "sh", "-c", "exit 3") == "sh ended with 3"


def test_an_interrupt_is_heard_when_the_program_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = subprocess.Popen.wait
    waits = []

    def interrupted(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        waits.append(process)
        if len(waits) == 1:
            raise KeyboardInterrupt
        return wait(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        postmaster._run(Programs(Path("/bin"), None), tmp_path, "sh", "-c", "sleep 0.2; touch done")
    assert (tmp_path / "done").exists()


def test_files_that_cannot_be_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "_run", lambda *_: "no space left")
    with pytest.raises(DatabaseError, match=r"cannot make its files in .*: no space left\."):
        embedded.start(folder / "postgres")
    assert not (folder / "postgres").exists()


def test_a_server_that_cannot_be_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded.serve(folder / "postgres", QUICK):
        with monkeypatch.context() as patched:
            patched.setattr(postmaster, "_run", lambda *_: "it does not listen")
            with pytest.raises(DatabaseError, match="cannot be stopped: it does not listen"):
                embedded.stop(folder / "postgres")
        assert embedded.running(folder / "postgres")


def test_a_pid_file_that_cannot_be_read(folder: Path) -> None:
    (folder / "postmaster.pid").mkdir()
    with pytest.raises(DatabaseError, match="cannot use the folder"):
        postmaster.read(folder)


def test_a_server_that_starts_elsewhere_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process of ours may have been killed while its server came up."""
    states = iter([Postmaster(1, "", False), Postmaster(1, "", False)])
    with embedded.serve(folder / "postgres", QUICK):
        real = postmaster.read
        monkeypatch.setattr(postmaster, "read", lambda data: next(states, None) or real(data))
        monkeypatch.setattr(postmaster, "is_server_of", lambda *_: True)
        monkeypatch.setattr(postmaster, "_start", lambda *_: pytest.fail("it is already starting"))
        postmaster.launch(folder / "postgres", {})
        monkeypatch.undo()


def test_without_another_user_no_permission_is_touched(folder: Path) -> None:
    folder.chmod(0o700)
    postmaster._open_way(Programs(folder / "bin", None), folder / "data")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_another_user_may_pass_through_and_read_the_programs(folder: Path) -> None:
    programs = folder / "wheel" / "bin"
    (folder / "data").mkdir()
    programs.mkdir(parents=True)
    (programs / "postgres").touch(mode=0o700)
    (programs.parent / "postgres.bki").touch(mode=0o600)
    for path in (folder, programs, programs.parent):
        path.chmod(0o700)
    postmaster._open_way(Programs(programs, "somebody"), folder / "data")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert modes.pop(folder.name) == 0o701
    assert modes.pop("data")
    assert modes == {"wheel": 0o705, "bin": 0o705, "postgres": 0o705, "postgres.bki": 0o604}
