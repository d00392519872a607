# shellcheck shell=bash
# GitLab's API, for the scripts that need it. The token goes through standard input: lists of processes show arguments.
. "$(dirname "$0")/common.sh"
need jq curl
export project=$CI_API_V4_URL/projects/$CI_PROJECT_ID

api() { # URL [OPTION OF CURL]…
  local url=$1
  shift
  printf 'header = "PRIVATE-TOKEN: %s"\n' "$PLAN_TOKEN" |
    curl --config - --silent --show-error --fail --location "$@" "$url"
}

pages() { # URL: all items of a list, as one
  local page=1 items all='[]'
  while items=$(api "$1$(case $1 in *\?*) echo '&' ;; *) echo '?' ;; esac)per_page=100&page=$page"); do
    all=$(jq -cs add <<<"$all$items")
    if [ "$(jq length <<<"$items")" -lt 100 ]; then
      echo "$all"
      return
    fi
    page=$((page + 1))
  done
  return 1
}
