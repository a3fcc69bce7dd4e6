#!/usr/bin/env bash
# Applies the settings of the repository that CONTRIBUTING.md relies on: protection of main and the merge strategy.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: apply-branch-protection.sh <owner> <repo> [--dry-run] [--restrict-push] [--require-code-owners]

  --dry-run               print the requests, send none
  --restrict-push         only administrators and apps with the right may push to main (repositories of organizations)
  --require-code-owners   a pull request needs the review of a code owner

Needs the GitHub CLI (gh), signed in as an administrator of the repository.
TEXT
}

names=()
dry_run=false restrict=null owners=false approvals=0
for argument in "$@"; do
  case $argument in
    --dry-run) dry_run=true ;;
    --restrict-push) restrict='{"users":[],"teams":[],"apps":[]}' ;;
    --require-code-owners) owners=true approvals=1 ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "unknown option $argument" >&2; usage >&2; exit 2 ;;
    *) names+=("$argument") ;;
  esac
done
name='^[A-Za-z0-9._-]+$'
if [[ ${#names[@]} -ne 2 || ! ${names[0]:-} =~ $name || ! ${names[1]:-} =~ $name ]]; then
  usage >&2
  exit 2
fi
repository="repos/${names[0]}/${names[1]}"

# Every job of the workflow build. `strict` asks for branches that are up to date.
protection=$(cat <<JSON
{
  "required_status_checks": {
    "strict": true,
    "contexts": [
      "branch and title",
      "lint, structure, types, format",
      "test on Node 20.19",
      "test on Node 22",
      "test on Node 24",
      "conformance",
      "review",
      "gitleaks"
    ]
  },
  "enforce_admins": true,
  "required_pull_request_reviews": {
    "dismiss_stale_reviews": true,
    "require_code_owner_reviews": $owners,
    "required_approving_review_count": $approvals
  },
  "restrictions": $restrict,
  "required_linear_history": true,
  "allow_force_pushes": false,
  "allow_deletions": false,
  "required_conversation_resolution": true
}
JSON
)
merging=$(cat <<'JSON'
{
  "allow_squash_merge": true,
  "allow_merge_commit": false,
  "allow_rebase_merge": false,
  "squash_merge_commit_title": "PR_TITLE",
  "squash_merge_commit_message": "PR_BODY",
  "delete_branch_on_merge": true,
  "allow_auto_merge": true
}
JSON
)

request() {
  local method=$1 path=$2 body=$3
  if $dry_run; then
    printf '%s %s\n%s\n' "$method" "$path" "$body"
  else
    printf '%s' "$body" | gh api --method "$method" --header 'Accept: application/vnd.github+json' --input - "$path" >/dev/null
    printf 'applied: %s %s\n' "$method" "$path"
  fi
}

$dry_run || command -v gh >/dev/null || { echo 'the GitHub CLI (gh) is not installed: https://cli.github.com' >&2; exit 1; }
request PATCH "$repository" "$merging"
request PUT "$repository/branches/main/protection" "$protection"
