"""Settings: the one place that reads the environment and `[tool.pipeline]` in pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from pipeline.errors import UsageError

PACKAGE = Path(__file__).parent


class Settings(BaseSettings):
    """What can be set, by `PIPELINE_…` variables or in `[tool.pipeline]`; the command line comes first.

    `database_url` None means the embedded server, whose files are in `data`. Times are in seconds.
    """

    model_config = SettingsConfigDict(
        env_prefix="PIPELINE_",
        pyproject_toml_table_header=("tool", "pipeline"),
        extra="forbid",
        frozen=True,
    )

    manifests: Path = Path("manifests")
    schemas: Path = Path("schemas")
    data: Path = Path(".pipeline")
    database_url: str | None = None
    lock_timeout: float = Field(default=60.0, ge=0, le=86400)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line, then the environment, then pyproject.toml."""
        return init_settings, env_settings, PyprojectTomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """The settings, with what the command line gives put over them. Raises UsageError on a wrong one."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(step) for step in wrong["loc"])
        if wrong["type"] == "extra_forbidden":
            known = ", ".join(Settings.model_fields)
            raise UsageError(
                f"There is no setting {name}. [tool.pipeline] in pyproject.toml may hold: {known}."
            ) from None
        raise UsageError(
            f"The setting {name} is not right: {wrong['msg']}. "
            f"It comes from --{name.replace('_', '-')}, from PIPELINE_{name.upper()} or from [tool.pipeline] "
            "in pyproject.toml."
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"pyproject.toml cannot be read: {error}") from None
    except AttributeError:  # pydantic-settings takes it for a table unseen
        raise UsageError("[tool.pipeline] in pyproject.toml must be a table of settings.") from None


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with more in it, for a program that we start."""
    return os.environ | more  # noqa: TID251 -- the room that may


def bundled(name: str) -> Path:
    """The folder `alembic` or `schemas` that came with the package: inside the wheel, or beside it in a checkout."""
    inside = PACKAGE / "bundled" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
