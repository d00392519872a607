# shellcheck shell=bash
# What the scripts of this folder share. They run on GitHub and on GitLab, and read what they are told from PLAN_… variables.
set -euo pipefail

PATH="${PLAN_PROGRAMS:+$PLAN_PROGRAMS:}$PATH" # the folder that install.sh put `pipeline` into

if [ -z "${PIPELINE_DATABASE_URL:-}" ]; then unset PIPELINE_DATABASE_URL; fi # an input that is empty

fail() { # MESSAGE [EXIT-CODE]: one paragraph for whoever reads the job
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::error::$1"; else echo "error: $1"; fi >&2 # the runner reads that as well
  exit "${2:-1}"
}

# What helps where a plan cannot be applied any more, for the messages that say so.
if [ -n "${GITHUB_ACTIONS:-}" ]; then
  way_out="To go on, start the workflow by hand on this branch: it makes a new plan. Look at that, then start it again with the number of that run as run-id."
  allow_out="If they are meant, start the workflow by hand with the number of the plan's run as run-id, and with their names as allow."
else
  way_out="To go on, run a pipeline on this branch by hand: it makes a new plan. Look at that, then run another with the number of that pipeline as PLAN_RUN."
  allow_out="If they are meant, run a pipeline on this branch by hand with the number of the plan's pipeline as PLAN_RUN, and with their names as PLAN_ALLOW."
fi
export way_out allow_out

notice() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::notice::$1"; else echo "$1"; fi
}

output() { # NAME VALUE: of the step, for those after it
  if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
}

summary() { # what comes on standard input, for the page of the job
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat >>"$GITHUB_STEP_SUMMARY"; else cat >/dev/null; fi
}

# Texts of manifests and rows may look like commands to the runner: while they are printed it shall not listen.
mute() {
  unmuted=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  if [ -n "${GITHUB_ACTIONS:-}" ]; then echo "::stop-commands::$unmuted"; fi
}

unmute() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then printf '\n::%s::\n' "$unmuted"; fi
}

plan_name() { # of artifacts and comments: one for each pack, category and environment
  local name=pipeline-plan part
  for part in "${PLAN_PACK:-}" "${PLAN_CATEGORY:-}" "${PLAN_ENVIRONMENT:-}"; do
    if [ -n "$part" ]; then name="$name-$(printf '%s' "$part" | LC_ALL=C tr -c 'A-Za-z0-9._' '-')"; fi
  done
  echo "$name"
}

need() { # PROGRAM…
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "This job needs the program $program, and the runner has none."
  done
}

number() { # VALUE WHAT
  case "$1" in '' | *[!0-9]*) fail "$2 must be a number." 64 ;; esac
}

marker() { # by which a comment is found again; people do not see it
  echo "<!-- $(plan_name) -->"
}

comment() { # LINK TEXT-OF-LINK: the comment, from the page of the plan in PLAN_FOLDER
  local digest name
  digest=$(jq -r '.digest[:12]' "$PLAN_FOLDER/outcome.json") name=$(plan_name)
  marker
  if [ "$name" != pipeline-plan ]; then printf '**%s**\n\n' "${name#pipeline-plan-}"; fi
  cat "$PLAN_FOLDER/plan.md"
  printf '\n\n<sub>%s[%s](%s)</sub>\n' "${digest:+Plan \`$digest\`, with the file and the page to download: }" "$2" "$1"
}
