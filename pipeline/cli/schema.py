"""pipeline schema"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import DatabaseUrl, Debug, PackName, out
from pipeline.errors import EXIT_DONE, OutdatedSchemaError, UsageError


def schema(
    pack: PackName = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file differs.")] = False,
    database_url: DatabaseUrl = None,
    debug: Debug = False,
) -> int:
    """Write the JSON Schemas of all packs, or of one, from their tables and kinds, for editors and for validate."""
    import asyncio

    from pipeline import commands
    from pipeline.config import load_settings

    settings = load_settings(database_url=database_url)
    for path, text in asyncio.run(commands.schema(settings, commands.packs(settings), pack)).items():
        same = path.is_file() and path.read_bytes() == text.encode()
        if check and not same:
            raise OutdatedSchemaError(f"{path} is not what the tables and kinds say. Write it with `pipeline schema`.")
        if not same:
            _write(path, text)
        out(f"{path}: {'up to date' if same else 'written'}\n")
    return EXIT_DONE


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}. Choose another folder with PIPELINE_SCHEMAS."
        ) from error
