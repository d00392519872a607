"""A select field offers options, each once; no other field does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.checks.wording import listing, quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import stated, words


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """At most one finding per required field."""
    for field in desired.state["required_field"].values():
        options, field_type = words(field.values.get("options")), stated(field, "field_type", pack)
        if field_type == "select" and not options:
            place = where(field, "options" if field.values.get("options") is not None else "field_type")
            yield Finding(f"{field.address} is a select without options", place, 'add options = ["…", "…"]')
        elif field_type != "select" and options:
            message = f"{field.address} has options but is a {field_type} field, which shows none"
            yield Finding(message, where(field, "options"), 'write field_type = "select", or remove the options')
        elif len(set(options)) < len(options):
            repeated = [option for option, times in Counter(options).items() if times > 1]
            twice = listing([quoted(option) for option in repeated])
            verb = "stands" if len(repeated) == 1 else "stand"
            message = f"{field.address}: {twice} {verb} more than once among the options"
            yield Finding(message, where(field, "options"), "keep each option once")


RULE = Rule("select-options", "error", "A select field offers options, each once; no other field does.", check)
