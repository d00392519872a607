#!/usr/bin/env bash
# GitLab: make the plan, say in the merge request what it does, and have the last word on it.
. "$(dirname "$0")/common.sh"
here=$(dirname "$0")

if [ -z "${PIPELINE_DATABASE_URL:-}" ]; then
  # A fork's pipeline runs in the fork; it says there which project the merge request is for.
  if [ "${CI_MERGE_REQUEST_SOURCE_PROJECT_ID:-}" = "${CI_MERGE_REQUEST_PROJECT_ID:-}" ]; then
    fail "The variable PLAN_DATABASE_URL is empty: set it in the project, masked and not protected." 64
  fi
  notice "This merge request comes from a fork, which has no secrets. Its manifests are checked, but no plan is made."
  export PLAN_VALIDATE_ONLY=true
fi
"$here/plan.sh"
if [ -n "${CI_MERGE_REQUEST_IID:-}" ] && [ "${PLAN_VALIDATE_ONLY:-false}" = false ] && [ -n "${PLAN_TOKEN:-}" ]; then
  "$here/gitlab-note.sh"
fi
"$here/verdict.sh"
