#!/usr/bin/env bash
# GitLab: say what the plan does in one note of the merge request, which is written anew each time.
. "$(dirname "$0")/gitlab.sh"
refused="GitLab did not take the note. PLAN_TOKEN must be a token of this project with the scope api and the role Reporter or more."
notes=$project/merge_requests/$CI_MERGE_REQUEST_IID/notes

# A line that begins with a slash would be a command to GitLab.
comment "$CI_PIPELINE_URL" "pipeline $CI_PIPELINE_ID" | sed -E 's|^([[:space:]]*)/|\1\&#47;|' |
  jq -Rs '{body: .}' >"$PLAN_FOLDER/comment.json"
whoami=$(api "$CI_API_V4_URL/user" | jq .id) || fail "$refused"
# Anybody can write a note that begins with our marker: only one of our own is written over.
ours=$(pages "$notes" | jq -r --arg marker "$(marker)" --argjson whoami "$whoami" \
  '[.[] | select(.author.id == $whoami and (.body | startswith($marker)))][0].id // empty') || fail "$refused"

if [ -n "$ours" ]; then set -- PUT "$notes/$ours"; else set -- POST "$notes"; fi
api "$2" --request "$1" --header 'Content-Type: application/json' --data-binary "@$PLAN_FOLDER/comment.json" --output /dev/null ||
  fail "$refused"
