#!/usr/bin/env bash
# GitHub: look at the inputs and at what started the job, before anything is installed.
. "$(dirname "$0")/common.sh"
need jq gh

for input in "comment=$PLAN_COMMENT" "fail-on-hazards=$PLAN_FAIL_ON_HAZARDS"; do
  case "${input#*=}" in true | false) ;; *) fail "The input ${input%%=*} must be true or false." 64 ;; esac
done
output name "$(plan_name)"
pull_request=$(jq -r '.pull_request.number // ""' "$GITHUB_EVENT_PATH")
output pull-request "$pull_request"

case "$PLAN_MODE" in
  plan)
    if [ "$GITHUB_EVENT_NAME" = pull_request_target ]; then
      fail "Run this on pull_request. On pull_request_target the code of strangers, such as a pack of their own, \
would run where the secrets are." 64
    fi
    ;;
  apply)
    case "$GITHUB_EVENT_NAME" in
      pull_request*) fail "The mode apply is for the branch that pull requests are merged into, not for pull requests." 64 ;;
    esac
    ;;
  *) fail "The input mode must be plan or apply." 64 ;;
esac

if [ -n "$PLAN_HAS_DATABASE" ]; then
  output validate-only false
elif [ "$PLAN_MODE" = apply ]; then
  fail "The input database-url is empty: give it the secret with the URL of the database." 64
elif [ -n "$pull_request" ] && [ "$(jq -r '.pull_request.head.repo.full_name // ""' "$GITHUB_EVENT_PATH")" != "$GITHUB_REPOSITORY" ]; then
  notice "This pull request comes from a fork, and GitHub gives no secrets to forks. Its manifests are checked, but no plan is made."
  output validate-only true
elif [ "${GITHUB_ACTOR:-}" = 'dependabot[bot]' ]; then
  notice "GitHub gives no secrets to Dependabot. The manifests are checked, but no plan is made."
  output validate-only true
else
  fail "The input database-url is empty: give it the secret with the URL of the database." 64
fi
