#!/usr/bin/env bash
# GitLab: fetch the plan that was approved. That is the one of the pipeline that PLAN_RUN names, or else the newest
# that was made of the last commit of the merge request which was merged as this commit.
. "$(dirname "$0")/gitlab.sh"
refused="GitLab does not say which plan was approved. PLAN_TOKEN must be a token of this project with the scope api."

if [ -z "${PIPELINE_DATABASE_URL:-}" ]; then
  fail "The variable APPLY_DATABASE_URL is empty: set it in the project, masked, protected and for the environment." 64
fi
if [ -n "${PLAN_RUN:-}" ]; then
  number "$PLAN_RUN" "PLAN_RUN"
  reason="plan of pipeline $PLAN_RUN"
  candidates=$(api "$project/pipelines/$PLAN_RUN" | jq -s .) || fail "$refused"
else
  merged=$(pages "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" | jq -c \
    --arg sha "$CI_COMMIT_SHA" --arg branch "$CI_COMMIT_BRANCH" '[.[] | select(.state == "merged" and .target_branch == $branch
      and (.source_project_id == .target_project_id) and ([.merge_commit_sha, .squash_commit_sha, .sha] | index($sha)))]') || fail "$refused"
  if [ "$(jq length <<<"$merged")" != 1 ]; then
    fail "This commit did not come from a merge request of this project, so nobody has approved a plan for it. Nothing was applied. $way_out"
  fi
  number=$(jq -r '.[0].iid' <<<"$merged")
  reason="merge request $number"
  # A pipeline of merged results is at a commit of its own, so none is chosen by that: apply.sh finds out an old one.
  candidates=$(pages "$project/merge_requests/$number/pipelines") || fail "$refused"
fi

# Pipelines of forks belong to other projects.
runs=$(jq -r --argjson here "$CI_PROJECT_ID" '[.[] | select(.project_id == $here)] | sort_by(.id) | reverse | .[].id' <<<"$candidates")
for run in $runs; do
  job=$(pages "$project/pipelines/$run/jobs" | jq -r --arg name "$PLAN_JOB" '[.[] | select(.name == $name)][0] // empty | .id') || fail "$refused"
  if [ -n "$job" ]; then
    mkdir -p "$PLAN_FOLDER"
    api "$project/jobs/$job/artifacts/$PLAN_FOLDER/plan.json" --output "$PLAN_FOLDER/plan.json" ||
      fail "The job $job of pipeline $run left no plan, or it has expired. Nothing was applied. $way_out"
    echo "$reason, pipeline $run" >"$PLAN_FOLDER/reason.txt"
    echo "The plan $(jq -r '.digest[:12]' "$PLAN_FOLDER/plan.json") of pipeline $run ($reason)."
    exit 0
  fi
done
fail "There is no plan to apply: none was made of ${reason}. Nothing was applied. $way_out"
