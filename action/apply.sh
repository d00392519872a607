#!/usr/bin/env bash
# Apply the approved plan in PLAN_FOLDER, if it is what the manifests of this commit mean; never any other.
. "$(dirname "$0")/common.sh"
need jq
plan=$PLAN_FOLDER/plan.json again=$PLAN_FOLDER/again.json

set --
if [ -n "${PLAN_MANIFESTS:-}" ]; then set -- "$@" "--manifests=$PLAN_MANIFESTS"; fi
if [ -n "${PLAN_PACK:-}" ]; then set -- "$@" "--pack=$PLAN_PACK"; fi
if [ -n "${PLAN_CATEGORY:-}" ]; then set -- "$@" "--category=$PLAN_CATEGORY"; fi

# A plan of the same manifests on the same rows has the same digest. So a plan that somebody made of other
# manifests, or made up, is found out; one whose rows have moved is left to `apply`, which says which did.
mute
status=0
pipeline plan "$@" --out "$again" >"$PLAN_FOLDER/again.txt" 2>&1 || status=$?
if [ "$status" != 0 ]; then cat "$PLAN_FOLDER/again.txt"; fi
unmute
if [ "$status" != 0 ]; then fail "The approved plan could not be compared with the manifests of this commit. Nothing was applied." "$status"; fi

same() { # FILTER: whether it finds the same in both plans
  [ "$(jq -cS "$1" "$plan")" = "$(jq -cS "$1" "$again")" ]
}

if ! same '[.plans[] | [.pack, .scope, .basis.manifests]]'; then
  fail "The approved plan was made from other manifests than those of this commit. Nothing was applied. $way_out" 4
fi
if same '[.plans[].basis]' && ! same '[.plans[].digest]'; then
  fail "The approved plan is not what the pipeline plans for these manifests. Nothing was applied. $way_out" 1
fi

set -- "--reason=$PLAN_REASON"
IFS=', ' read -ra names <<<"${PLAN_ALLOW:-}"
if [ ${#names[@]} -gt 0 ]; then
  for name in "${names[@]}"; do set -- "$@" "--allow=$name"; done
fi
mute
status=0
pipeline apply "$plan" --yes "$@" || status=$?
unmute

case "$status" in
  0) echo "Applied: plan \`$(jq -r '.digest[:12]' "$plan")\`, $PLAN_REASON." | summary ;;
  3) fail "The plan has hazards that nobody has allowed, as it says above. Nothing was applied. $allow_out" 3 ;;
  4) fail "The approved plan is stale, as it says above: what would happen now is not what was looked at. $way_out" 4 ;;
  *) fail "The plan was not applied, or not all of it. What is wrong stands above." "$status" ;;
esac
