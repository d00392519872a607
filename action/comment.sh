#!/usr/bin/env bash
# GitHub: say what the plan does in one comment of the pull request, which is written anew each time.
. "$(dirname "$0")/common.sh"
need jq gh
number "$PLAN_PULL_REQUEST" "The number of the pull request"
comments=repos/$GITHUB_REPOSITORY/issues/$PLAN_PULL_REQUEST/comments

api() {
  gh api --header 'X-GitHub-Api-Version: 2022-11-28' "$@" ||
    fail "GitHub did not take the comment. The job needs \`permissions: pull-requests: write\`; \`comment: false\` does without."
}

comment "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID" "run $GITHUB_RUN_ID" |
  jq -Rs '{body: .[:65536]}' >"$PLAN_FOLDER/comment.json"
whoami=$(api graphql --raw-field query='query { viewer { login } }' | jq -r .data.viewer.login)
# Anybody can write a comment that begins with our marker: only one of our own is written over.
ours=$(api --paginate "$comments?per_page=100" | jq -rs --arg marker "$(marker)" --arg whoami "$whoami" \
  '[add[] | select(.user.login == $whoami and (.body | startswith($marker)))][0].id // empty')

if [ -n "$ours" ]; then
  api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$ours" --input "$PLAN_FOLDER/comment.json"
else
  api --silent --method POST "$comments" --input "$PLAN_FOLDER/comment.json"
fi
