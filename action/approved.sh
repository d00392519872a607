#!/usr/bin/env bash
# GitHub: fetch the plan that was approved. That is the one of the run that PLAN_RUN names, or else the newest that
# this workflow made of the last commit of the pull request which was merged as this commit.
. "$(dirname "$0")/common.sh"
need jq gh
plan_name=$(plan_name)
workflow=${GITHUB_WORKFLOW_REF#"$GITHUB_REPOSITORY/"} workflow=${workflow%%@*}

api() {
  gh api --header 'X-GitHub-Api-Version: 2022-11-28' "$@" ||
    fail "GitHub does not say which plan was approved. The job needs \`permissions: actions: read, pull-requests: read\`."
}

if [ -n "${PLAN_RUN:-}" ]; then
  number "$PLAN_RUN" "The input run-id"
  reason="plan of run $PLAN_RUN"
  candidates=$(api "repos/$GITHUB_REPOSITORY/actions/runs/$PLAN_RUN" | jq -s .)
else
  merged=$(api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" | jq -c --arg sha "$GITHUB_SHA" --arg branch "$GITHUB_REF_NAME" \
    '[.[] | select(.merged_at and .merge_commit_sha == $sha and .base.ref == $branch)]')
  if [ "$(jq length <<<"$merged")" != 1 ]; then
    fail "This commit did not come from a pull request, so nobody has approved a plan for it. Nothing was applied. $way_out"
  fi
  reason="pull request $(jq -r '.[0].number' <<<"$merged")"
  head=$(jq -r '.[0].head.sha' <<<"$merged")
  candidates=$(api --paginate "repos/$GITHUB_REPOSITORY/actions/runs?event=pull_request&head_sha=$head&per_page=100" |
    jq -s '[.[].workflow_runs[]]')
fi

# Whoever has a fork can give a run any artifact; and other workflows make other plans.
runs=$(jq -r --arg repository "$GITHUB_REPOSITORY" --arg workflow "$workflow" \
  '[.[] | select(.head_repository.full_name == $repository and (.path | sub("@.*"; "")) == $workflow)]
   | sort_by(.run_number) | reverse | .[].id' <<<"$candidates")
for run in $runs; do
  found=$(api "repos/$GITHUB_REPOSITORY/actions/runs/$run/artifacts?name=$plan_name" |
    jq '[.artifacts[] | select(.expired | not)] | length')
  if [ "$found" != 0 ]; then
    mkdir -p "$PLAN_FOLDER"
    rm -f "$PLAN_FOLDER"/plan.*
    gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "$plan_name" --dir "$PLAN_FOLDER" ||
      fail "The plan of run $run cannot be downloaded. Nothing was applied. Try again."
    test -f "$PLAN_FOLDER/plan.json" || fail "Run $run holds no plan file. Nothing was applied. $way_out"
    output run-id "$run"
    output plan-file "$PLAN_FOLDER/plan.json"
    output reason "$reason, run $run"
    echo "The plan $(jq -r '.digest[:12]' "$PLAN_FOLDER/plan.json") of run $run ($reason)."
    exit 0
  fi
done
fail "There is no plan to apply: none was made of ${reason}, or its artifact has expired. Nothing was applied. $way_out"
