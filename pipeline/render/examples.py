"""What became of examples: those that fail, with what is expected and what the answer is, and how many pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.diagnostic import Diagnostic
from pipeline.model.probe import Mismatch
from pipeline.plan.scenarios import Trial
from pipeline.render import diagnostics
from pipeline.render.escape import one_line, visible, width
from pipeline.render.text import Paint, plain


def text(found: Sequence[Trial], paint: Paint = plain) -> str:
    """Those that fail, then the count of all."""
    blocks = ["\n".join(_failed(one, paint)) for one in found if one.mismatches]
    return "\n\n".join([*blocks, _count(found)]) + "\n"


def github(found: Sequence[Trial]) -> str:
    """Workflow commands: GitHub shows what fails beside its line."""
    return diagnostics.github(
        [
            Diagnostic(
                "scenario",
                "error",
                f"{one.example.name}: {wrong.what}: {_said(wrong)}",
                one.example.origin,
                place=place,
            )
            for one in found
            for wrong, place in one.mismatches
        ]
    )


def _failed(one: Trial, paint: Paint) -> Iterator[str]:
    yield f"{one_line(one.place.file)}:{one.place.line}: {paint('deactivate', one_line(one.example.name))}"
    longest = max(width(wrong.what) for wrong, _ in one.mismatches)
    for wrong, _ in one.mismatches:
        name = one_line(wrong.what) + " " * (longest - width(wrong.what))
        yield f"  {name}  {one_line(_said(wrong))}"


def _said(wrong: Mismatch) -> str:
    return f"expected {wrong.expected}, got {wrong.actual}"


def _count(found: Sequence[Trial]) -> str:
    if not found:
        return "There are no scenarios."
    failed = sum(bool(one.mismatches) for one in found)
    passed = len(found) - failed
    said = "1 scenario passes" if passed == 1 else f"{passed} scenarios pass"
    return f"{said}, {failed} {'fails' if failed == 1 else 'fail'}." if failed else f"{said}."


def recorded(file: str, line: int, entry: str) -> str:
    """Where an example was written, and its entry."""
    return f"{one_line(file)}:{line}\n{visible(entry)}"
