"""One function per verb: the whole way through. Prints nothing and asks nothing.

Everything of the room `database` is imported where it is used: checking manifests needs none of it.
"""

from __future__ import annotations

from pipeline.commands.accounts import (
    create_user,
    deactivate_user,
    users,
)
from pipeline.commands.catalog import (
    Catalog,
    named_packs,
    packs,
)
from pipeline.commands.databases import (
    Health,
    Purpose,
    adopt,
    database,
    downgrade,
    grants,
    health,
    histories,
    psql,
    revision,
    revisions,
    schema,
    upgrade,
    verify,
)
from pipeline.commands.examples import (
    Recorded,
    record_example,
    run_examples,
)
from pipeline.commands.exports import (
    Export,
    export,
    export_drift,
)
from pipeline.commands.manifests import (
    Validation,
    errors,
    require_valid,
    validate,
    validate_paths,
)
from pipeline.commands.pages import (
    write_page,
)
from pipeline.commands.plan_files import (
    load_plan,
    moved,
    require_fit,
    save,
)
from pipeline.commands.plans import (
    Prepared,
    Progress,
    Tell,
    allowances,
    apply,
    author,
    plan,
    policies,
    require_allowed,
)
from pipeline.commands.quotes import (
    current_states,
    desired_states,
    planned_states,
    quote,
    quoting,
)
from pipeline.commands.runs import (
    Past,
    Standings,
    accounts,
    blame,
    history,
    old_details,
    past,
    prune,
    rollback,
    status,
)
from pipeline.commands.site import (
    site,
    site_pack,
)
from pipeline.commands.site_files import publish

__all__ = [
    "Catalog",
    "Export",
    "Health",
    "Past",
    "Prepared",
    "Progress",
    "Purpose",
    "Recorded",
    "Standings",
    "Tell",
    "Validation",
    "accounts",
    "adopt",
    "allowances",
    "apply",
    "author",
    "blame",
    "create_user",
    "current_states",
    "database",
    "deactivate_user",
    "desired_states",
    "downgrade",
    "errors",
    "export",
    "export_drift",
    "grants",
    "health",
    "histories",
    "history",
    "load_plan",
    "moved",
    "named_packs",
    "old_details",
    "packs",
    "past",
    "plan",
    "planned_states",
    "policies",
    "prune",
    "psql",
    "publish",
    "quote",
    "quoting",
    "record_example",
    "require_allowed",
    "require_fit",
    "require_valid",
    "revision",
    "revisions",
    "rollback",
    "run_examples",
    "save",
    "schema",
    "site",
    "site_pack",
    "status",
    "upgrade",
    "users",
    "validate",
    "validate_paths",
    "verify",
    "write_page",
]
