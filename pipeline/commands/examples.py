"""Examples that domain experts write, against what the manifests say. No database is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.commands.catalog import Catalog, described, with_scope
from pipeline.commands.manifests import Validation, require_valid, within
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.manifest import append, store
from pipeline.manifest.export import file_name, head
from pipeline.manifest.files import shown
from pipeline.manifest.locate import places
from pipeline.model.diagnostic import Desired
from pipeline.model.pack import Pack
from pipeline.model.probe import Example
from pipeline.plan.outcome import completed
from pipeline.plan.scenarios import Trial, failures


class Recorded(NamedTuple):
    """An example that was written: where it stands, and the text of its entry."""

    file: str
    line: int
    entry: str


def run_examples(
    validation: Validation,
    root: Path,
    *,
    paths: Sequence[Path] = (),
    pack: str | None = None,
    scope: str | None = None,
) -> list[Trial]:
    """Run the examples of the manifests, or of those in `paths`, of one pack or scope, on what the manifests say.

    Raises ManifestError if the manifests have errors, and UsageError for a path, pack or scope that is not there.
    """
    require_valid(validation, pack)
    inside = within(root, paths)
    trials: list[Trial] = []
    for one in _chosen(validation, pack, scope):
        declared = validation.desired[one.name]
        examples = [
            example
            for example in declared.examples
            if scope in (None, example.scope) and (not paths or inside(example.origin.file))
        ]
        trials += _run(validation, one, declared, examples)
    return sorted(trials, key=lambda trial: trial.place[:3])


def _run(validation: Validation, pack: Pack, declared: Desired, examples: Sequence[Example]) -> list[Trial]:
    if not examples:
        return []
    failed = failures(pack, completed(pack, declared.state), examples)
    origins = [example.origin for example in examples] + [origin for one in failed for origin in one.origins]
    at = places(validation.documents, origins)
    wrong = {
        one.example.origin: tuple(zip(one.mismatches, (at[origin] for origin in one.origins), strict=True))
        for one in failed
    }
    return [Trial(pack.name, example, at[example.origin], wrong.get(example.origin, ())) for example in examples]


def record_example(
    settings: Settings,
    validation: Validation,
    scope: str,
    words: Sequence[str],
    *,
    text: str | None = None,
    name: str | None = None,
    pack: str | None = None,
) -> Recorded:
    """Write the present answer to a request as an example, at the end of the scope's file of them.

    The file is made where there is none. Raises ManifestError if the manifests have errors, and UsageError where the
    request cannot be understood or its name is taken.
    """
    require_valid(validation, pack)
    able = tuple(one for one in _chosen(validation, pack, scope) if one.examples is not None)
    if not able or able[0].examples is None:
        raise UsageError(f"The pack of {scope} knows no scenarios.")
    one, examples = able[0], able[0].examples()
    declared = validation.desired[one.name]
    entry = dict(examples.record(one, completed(one, declared.state), scope, words, text, name))
    taken = next((known for known in declared.examples if (known.scope, known.name) == (scope, entry["name"])), None)
    if taken is not None:
        line = places(validation.documents, [taken.origin])[taken.origin].line
        raise UsageError(
            f"There is already a scenario {entry['name']!r} of {scope}, in {taken.origin.file}:{line}. "
            "Give the new one another name with --name."
        )
    return _write(settings, one, scope, examples.section, entry)


def _write(settings: Settings, pack: Pack, scope: str, section: str, entry: dict[str, Any]) -> Recorded:
    steps = (pack.name, file_name(scope), section)
    path = settings.manifests.joinpath(*steps).with_suffix(".toml")
    if path.exists():
        source = path.read_bytes()
    else:
        home = store.relative(pack.home or settings.schemas / pack.name, settings.manifests / pack.name)
        source = head(pack, home, steps[1:], scope).encode()
    block = append.block(section, entry)
    new = append.appended(pack, described(pack), shown(path), source, section, entry)
    store.replace(path, new)
    return Recorded(shown(path), new.count(b"\n") - block.count("\n") + 1, block)


def _chosen(validation: Validation, pack: str | None, scope: str | None) -> Catalog:
    states = {name: desired.state for name, desired in validation.desired.items()}
    return with_scope(tuple(one for one in validation.packs if pack in (None, one.name)), states, scope)
