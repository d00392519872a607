"""Settings: the one place that reads the environment and `[tool.pipeline]` in pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from pipeline.errors import UsageError

PACKAGE = Path(__file__).parent


Share: TypeAlias = Annotated[float, Field(ge=0, le=100, strict=True)]


class Thresholds(BaseModel):
    """From where on a plan is dangerous. Shares and changes of prices are in percent; None leaves it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))

    mass_update: Share | None = None
    mass_deactivation: Share | None = None
    minimum_rows: Annotated[int, Field(ge=1, strict=True)] | None = None
    price_change: Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)] | None = None


class PackThresholds(Thresholds):
    """Those and what holds for the quotes of a pack as a whole: numbers of quotes, and percent of a quote's price."""

    price_impact_quotes: Annotated[int, Field(ge=0, strict=True)] | None = None
    price_impact_percent: Annotated[float, Field(ge=0, strict=True)] | None = None
    unquotable_quotes: Annotated[int, Field(ge=0, strict=True)] | None = None


class PackPolicy(PackThresholds):
    """The thresholds of a pack, and those of its kinds by their names."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Thresholds]


class PolicySettings(PackThresholds):
    """The thresholds that hold for all, and those of the packs by their names."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, PackPolicy]

    def tables(self) -> dict[str, Any]:
        """What is set, by name: thresholds, and a table for each pack, with a table for each kind in it."""
        return self.model_dump(exclude_none=True)


class ImpactSettings(BaseModel):
    """How many requests are compared in each scope to tell what a plan changes for quotes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, strict=True)] = 500_000


def _schema(name: str) -> str:
    """A schema's name, if packs may live there."""
    if not name or not name.isprintable() or len(name.encode()) > 63 or name.startswith("pg_") or name in _TAKEN:
        raise ValueError(
            f"a schema's name has 1 to 63 bytes, does not begin with pg_, and is neither {' nor '.join(_TAKEN)}"
        )
    return name


_TAKEN = ("pipeline", "information_schema")
"""Schemas of the pipeline's own tables, and of PostgreSQL's."""


class PackSettings(BaseModel):
    """Where a pack is: its folder, for one of your own, and the schema of the database that its tables lie in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    database_schema: Annotated[str, AfterValidator(_schema)] | None = Field(default=None, alias="schema")


class Settings(BaseSettings):
    """What can be set, by `PIPELINE_…` variables or in `[tool.pipeline]`; the command line comes first.

    `database_url` None means the embedded server, whose files are in `data`. Times are in seconds.
    `actor` is who applies; None means the CI's user, or else the database's.
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
    actor: str | None = None
    policy: PolicySettings = PolicySettings.model_validate({})
    impact: ImpactSettings = ImpactSettings()
    packs: dict[str, PackSettings] = {}

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


class ContinuousIntegration(BaseSettings):
    """What a CI server's own variables say. Bitbucket tells no more of a person than an id."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    actor: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "GITHUB_ACTOR",  # also Gitea and Forgejo
            "GITLAB_USER_LOGIN",
            "BUILD_REQUESTEDFOR",  # Azure Pipelines
            "CIRCLE_USERNAME",
            "BUILDKITE_BUILD_CREATOR",
            "BUILD_USER_ID",  # Jenkins, with its plugin build-user-vars
        ),
    )


def load_settings(**given: Any) -> Settings:
    """The settings, with what the command line gives put over them. Raises UsageError on a wrong one."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(step) for step in wrong["loc"])
        if wrong["loc"][:1] == ("policy",):
            raise UsageError(_wrong_policy(wrong)) from None
        if wrong["loc"][:1] == ("impact",):
            raise UsageError(_wrong_impact(wrong)) from None
        if wrong["loc"][:1] == ("packs",):
            raise UsageError(_wrong_pack(wrong)) from None
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
    except SettingsError as error:  # it says: error parsing value for field "policy" from source …
        name = str(error).split('"')[1].upper()
        raise UsageError(f"The variable PIPELINE_{name} must hold a table as JSON.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"pyproject.toml cannot be read: {error}") from None
    except AttributeError:  # pydantic-settings takes it for a table unseen
        raise UsageError("[tool.pipeline] in pyproject.toml must be a table of settings.") from None


def _wrong_policy(wrong: ErrorDetails) -> str:
    """What to say of a mistake in the table of thresholds."""
    *above, last = (str(step) for step in wrong["loc"])
    table = f"[tool.pipeline.{'.'.join(above)}]" if above else "[tool.pipeline]"
    rules = PackThresholds if len(above) < 3 else Thresholds
    known = ", ".join(field.alias or name for name, field in rules.model_fields.items())
    if wrong["type"] == "model_type" and not above:
        return f"{table} in pyproject.toml must have a table policy, with thresholds and a table for each pack."
    if wrong["type"] in ("extra_forbidden", "model_type"):
        inner = ("a pack", "a kind", "")[min(len(above), 3) - 1]
        tables = f", and tables for {inner} each" if inner else ""
        return f"{table} in pyproject.toml has no rule {last}. It may hold: {known}{tables}."
    return f"{last} in {table} of pyproject.toml is not right: {wrong['msg']}."


def _wrong_impact(wrong: ErrorDetails) -> str:
    """What to say of a mistake in the table of the impact."""
    if wrong["type"] == "model_type":
        return "[tool.pipeline] in pyproject.toml must have a table impact, with a limit."
    if wrong["type"] == "extra_forbidden":
        return f"[tool.pipeline.impact] in pyproject.toml has no {wrong['loc'][-1]}. It may hold: limit."
    return f"{wrong['loc'][-1]} in [tool.pipeline.impact] of pyproject.toml is not right: {wrong['msg']}."


def _wrong_pack(wrong: ErrorDetails) -> str:
    """What to say of a mistake in the table of a pack."""
    if wrong["type"] in ("dict_type", "model_type"):
        return "[tool.pipeline] in pyproject.toml must have a table for each pack, as [tool.pipeline.packs.NAME]."
    table = ".".join(str(step) for step in wrong["loc"][:2])
    if wrong["type"] == "extra_forbidden":
        return f"[tool.pipeline.{table}] in pyproject.toml has no {wrong['loc'][-1]}. It may hold: path, schema."
    return f"{wrong['loc'][-1]} in [tool.pipeline.{table}] of pyproject.toml is not right: {wrong['msg']}."


def ci_actor() -> str | None:
    """Who started the CI job that this runs in; None where no CI says so."""
    return ContinuousIntegration().actor


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with more in it, for a program that we start."""
    return os.environ | more  # noqa: TID251 -- the room that may


def bundled(name: str) -> Path:
    """The folder `alembic` or `schemas` that came with the package: inside the wheel, or beside it in a checkout."""
    inside = PACKAGE / "bundled" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
