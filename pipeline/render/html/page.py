"""The templates, filled. All that is filled in is escaped and shows what would hide in it (see `escape.visible`)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.plan.change import Plan
from pipeline.render.escape import visible
from pipeline.render.html import view

TEMPLATES = PackageLoader("pipeline.render.html")


def render(plans: Sequence[Plan]) -> str:
    """The plans as one page."""
    templates = environment()
    style, script = (TEMPLATES.get_source(templates, name)[0] for name in ("plan.css", "plan.js"))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'"
    )
    # Both are our own files: nothing of a plan is in them.
    own = {"style": Markup(style), "script": Markup(script)}  # noqa: S704
    return templates.get_template("plan.html").render(view=view.page(plans), policy=policy, **own) + "\n"


@cache
def environment() -> Environment:
    """The templates of this room."""
    return Environment(
        loader=TEMPLATES,
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _digest(text: str) -> str:
    """What the browser compares an element's content with before it heeds it."""
    return b64encode(sha256(text.encode()).digest()).decode()
