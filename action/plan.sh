#!/usr/bin/env bash
# Make the plan, and the pages of it that people read, in PLAN_FOLDER. Ends well even where no plan can be made, so
# that people are told: verdict.sh has the last word.
. "$(dirname "$0")/common.sh"
need jq
mkdir -p "$PLAN_FOLDER"
rm -f "$PLAN_FOLDER"/plan.* "$PLAN_FOLDER"/said.txt
plan=$PLAN_FOLDER/plan.json page=$PLAN_FOLDER/plan.md said=$PLAN_FOLDER/said.txt

set --
if [ -n "${PLAN_MANIFESTS:-}" ]; then set -- "--manifests=$PLAN_MANIFESTS"; fi

finish() { # EXIT-CODE CHANGES HAZARDS DIGEST
  jq -n --arg code "$1" --arg changes "$2" --arg hazards "$3" --arg digest "$4" --arg plan "$(test ! -f "$plan" || echo "$plan")" \
    '{"exit-code": $code, changes: $changes, hazards: $hazards, digest: $digest, "plan-file": $plan}' >"$PLAN_FOLDER/outcome.json"
  jq -r 'to_entries[] | "\(.key)=\(.value)"' "$PLAN_FOLDER/outcome.json" >>"${GITHUB_OUTPUT:-/dev/null}"
  summary <"$page"
  exit 0
}

quoted() { # a file as it is: indented, nothing in it can end the block
  echo
  sed 's/^/    /' "$1"
}

if [ -n "${GITHUB_ACTIONS:-}" ]; then pipeline validate "$@" --format github || true; fi # beside the lines of the files
status=0
if [ "${PLAN_VALIDATE_ONLY:-false}" = true ]; then
  pipeline validate "$@" >"$said" 2>&1 || status=$?
  mute
  cat "$said"
  unmute
  { echo "No plan was made: this job has no access to the database. The manifests were checked."; quoted "$said"; } >"$page"
  finish "$status" 0 "" ""
fi

if [ -n "${PLAN_PACK:-}" ]; then set -- "$@" "--pack=$PLAN_PACK"; fi
if [ -n "${PLAN_CATEGORY:-}" ]; then set -- "$@" "--category=$PLAN_CATEGORY"; fi
status=0
pipeline plan "$@" --out "$plan" --detailed-exitcode >"$said" 2>&1 || status=$?
mute
cat "$said"
unmute
if [ "$status" != 0 ] && [ "$status" != 2 ]; then
  rm -f "$plan"
  { echo "**No plan could be made.**"; quoted "$said"; } >"$page"
  finish "$status" "" "" ""
fi

unset PIPELINE_DATABASE_URL # what follows is about the file alone
pipeline show "$plan" --format markdown >"$page"
pipeline show "$plan" --format html >"$PLAN_FOLDER/plan.html"
finish "$status" \
  "$(jq '[.plans[].changes[]] | length' "$plan")" \
  "$(jq -r '[.plans[].hazards[].name] | unique | join(" ")' "$plan")" \
  "$(jq -r .digest "$plan")"
