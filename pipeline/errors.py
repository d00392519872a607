"""The errors a person can meet, each with the exit code the command line ends with.

A message is one paragraph for a homologation engineer: what happened, where, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

EXIT_DONE = 0
EXIT_ERROR = 1
EXIT_PENDING = 2
EXIT_HAZARD = 3
EXIT_STALE = 4
EXIT_USAGE = 64


class PipelineError(Exception):
    """Something the user can act on. `str(error)` is the whole message."""

    exit_code: ClassVar[int] = EXIT_ERROR


class UsageError(PipelineError):
    """The command line or the settings ask for something that does not exist."""

    exit_code = EXIT_USAGE


class ManifestError(PipelineError):
    """The manifests have errors; the diagnostics were or will be shown beside it."""


class OutdatedSchemaError(PipelineError):
    """The committed JSON Schemas differ from what tables and kinds say."""


class DatabaseError(PipelineError):
    """The database cannot be reached, or refused what was asked of it."""


class UnknownOutcomeError(DatabaseError):
    """Nobody told us how a commit ended: all of its changes were made, or none."""


class RevisionError(DatabaseError):
    """The database's schema is not at the revision this version of the pipeline needs."""


class MoveError(PipelineError):
    """A declared rename does not fit the rows of this database."""


class LockTimeoutError(DatabaseError):
    """Another apply holds the pack's lock for longer than we were told to wait."""


class VerificationError(DatabaseError):
    """After writing, the database did not hold what the plan said; everything was rolled back."""


class PlanFileError(PipelineError):
    """A plan file is none, was edited, or does not fit this tool or this database."""


class PageError(PipelineError):
    """A comment or a page cannot be written to its file."""


class HazardError(PipelineError):
    """The plan has dangers that nobody has allowed by their names."""

    exit_code = EXIT_HAZARD


class StalePlanError(PipelineError):
    """The database changed between the plan and its apply. `moved` are the rows that did, for a list of them."""

    exit_code = EXIT_STALE

    def __init__(self, message: str, moved: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.moved = tuple(moved)


class RollbackError(PipelineError):
    """A run cannot be taken back, because what it replaced is not known or cannot be had any more."""
