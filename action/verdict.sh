#!/usr/bin/env bash
# The last word on a plan, once people can read it: an error fails the job, hazards do where that is wished.
. "$(dirname "$0")/common.sh"
outcome=$PLAN_FOLDER/outcome.json
code=$(jq -r '."exit-code"' "$outcome") hazards=$(jq -r .hazards "$outcome")

what="No plan could be made"
if [ "${PLAN_VALIDATE_ONLY:-false}" = true ]; then what="The manifests have errors"; fi
case "$code" in
  0 | 2) ;;
  *) fail "${what}: what is wrong stands above." "$code" ;;
esac
if [ -n "$hazards" ] && [ "${PLAN_FAIL_ON_HAZARDS:-false}" = true ]; then
  fail "The plan has hazards: ${hazards// /, }. Read what it says of them before it is merged." 3
fi
