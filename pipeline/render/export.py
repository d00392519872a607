"""What an export has to say beside the manifests."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.manifest.fidelity import Remark
from pipeline.manifest.takeover import Left, Taken
from pipeline.render.address import shown as shown_address
from pipeline.render.escape import one_line
from pipeline.render.text import excerpts, shown


def remarks(found: Sequence[Remark]) -> str:
    """How the manifests differ from the rows."""
    head = (
        "The manifests differ from the tables here. Where the pipeline already manages a row or field that is left "
        "out, the next apply would retire the row or reset the field; all else that is left out it leaves alone."
    )
    return "\n".join([head, *(f"  {shown_address(one.address)}: {one_line(one.message)}" for one in found)])


def unread(table: str, rows: int, codes: Sequence[str]) -> str:
    """Rows that were not exported because nothing names them."""
    names = f" ({', '.join(codes)}{', …' if len(codes) < rows else ''})" if codes else ""
    return one_line(
        f"The table {table} holds {'1 row' if rows == 1 else f'{rows} rows'}{names} without a key, or in something "
        "that does not exist. The pipeline cannot name such rows and leaves them alone; they are not exported."
    )


def takeover(taken: Sequence[Taken], left: Sequence[Left]) -> str:
    """What was written into the manifests, line by line, and what is left to people."""
    lines = []
    for one in taken:
        before, after = excerpts(shown(one.deviation.said), shown(one.deviation.held))
        place = f"{one_line(one.file)}:{one.line}"
        lines.append(f"{place}: {shown_address(one.deviation.address)} {one.deviation.name}: {before} -> {after}")
    for item in left:
        place = f"{one_line(item.file)}:{item.line}" if item.file else "in no manifest"
        lines.append(f"by hand: {shown_address(item.address)} ({place}): {one_line(item.message)}")
    if not lines:
        return "Nothing was changed outside the manifests since the last apply.\n"
    counts = [f"{len(taken)} written"] + ([f"{len(left)} left to do by hand"] if left else [])
    return "\n".join([*lines, "", f"{', '.join(counts)}."]) + "\n"
