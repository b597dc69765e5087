#!/usr/bin/env bash
# Runs what the action was asked for, all of it even where one fails. Writes annotations, the summary of the job and the
# outputs `changes`, `sarif` and `code`; exits as the worst command did.
#
# Inputs come by variables alone and are never run as code. Lists of words have one a line. It works in bash 3.2.
set -euo pipefail

code=0
scratch="${RUNNER_TEMP:-/tmp}/kpy"
mkdir -p "$scratch"

fail() { # MESSAGE: what is wrong with how the action was called
    echo "::error title=kpy::$1" >&2
    echo "code=2" >>"$GITHUB_OUTPUT"
    exit 2
}

words=()
split() { # TEXT: puts its lines, without blanks around them, into `words`
    local line
    words=()
    while IFS= read -r line || [ -n "$line" ]; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        [ -z "$line" ] || words+=("$line")
    done <<<"$1"
}

count() { # CODE: keeps the worst one
    [ "$1" -le "$code" ] || code="$1"
}

summarise() { # TITLE CODE FILE: writes what was said, but the annotations, indented so that nothing in it is markup
    {
        if [ "$2" = 0 ]; then echo "### $1: passed"; else echo "### $1: failed (exit code $2)"; fi
        echo
        { grep -v '^::' "$3" || true; } | tail -n 200 | cut -c 1-500 | sed 's/^/    /'
        echo
    } >>"$GITHUB_STEP_SUMMARY"
}

run() { # TITLE COMMAND...: runs it, its text in the log and in the summary
    local title="$1" status=0
    shift
    echo "::group::$title"
    "$@" 2>&1 | tee "$scratch/said" || status="${PIPESTATUS[0]}"
    echo "::endgroup::"
    count "$status"
    summarise "$title" "$status" "$scratch/said"
}

validate() {
    local status=0
    split "${INPUT_VALIDATE_ARGS:-}"
    run "kpy validate" kpy validate ${words[@]+"${words[@]}"} --format github
    [ -n "${INPUT_SARIF:-}" ] || return 0
    kpy validate ${words[@]+"${words[@]}"} --format sarif >"$scratch/findings.sarif" 2>/dev/null || status=$?
    count "$status"
    [ "$status" -ne 2 ] || return 0 # it was said above what cannot be read; nothing was written
    mkdir -p "$(dirname -- "$INPUT_SARIF")"
    mv -- "$scratch/findings.sarif" "$INPUT_SARIF"
    echo "sarif=$(cd "$(dirname -- "$INPUT_SARIF")" && pwd)/$(basename -- "$INPUT_SARIF")" >>"$GITHUB_OUTPUT"
}

check() {
    split "${INPUT_CHECK_ARGS:-}"
    run "kpy synth --check" kpy synth --check ${words[@]+"${words[@]}"} --report github
}

other_side() { # prints the commit to compare with; nothing where there is none
    local wanted="${INPUT_BASE:-}"
    if [ -n "$wanted" ]; then
        git rev-parse --verify --quiet --end-of-options "$wanted^{commit}" || return 1
    elif git rev-parse --verify --quiet 'HEAD^2' >/dev/null; then
        git rev-parse 'HEAD^1' # what GitHub checks out: the change merged into its base
    else
        git merge-base HEAD "refs/remotes/origin/$GITHUB_BASE_REF" 2>/dev/null || return 1
    fi
}

compare() {
    local base status=0
    if [ -z "${INPUT_BASE:-}${GITHUB_BASE_REF:-}" ]; then
        echo "kpy compare: this is no pull request, and no \`base\` is given, so there is nothing to compare with"
        return
    fi
    if ! base="$(other_side)"; then
        fail "kpy compare: ${INPUT_BASE:-the base of the pull request} is not in this clone: give actions/checkout \`fetch-depth: 2\`, or \`fetch-depth: 0\` if you check out another commit than its default"
    fi
    split "${INPUT_COMPARE_ARGS:-}"
    echo "::group::kpy compare"
    kpy compare "git:$base" . ${words[@]+"${words[@]}"} --format markdown >"$scratch/changes.md" || status=$?
    cat "$scratch/changes.md"
    echo "::endgroup::"
    count "$status"
    if [ -s "$scratch/changes.md" ]; then
        cat "$scratch/changes.md" >>"$GITHUB_STEP_SUMMARY"
        echo "changes=$scratch/changes.md" >>"$GITHUB_OUTPUT"
    fi
}

if [ "${GITHUB_EVENT_NAME:-}" = pull_request_target ]; then
    fail "kpy runs the code of the project, and on pull_request_target a stranger's code would run with your secrets: use pull_request"
fi
commands="$(printf '%s' "${INPUT_COMMANDS:-}" | tr -s '[:space:],' ' ')"
read -r -a asked <<<"$commands" || true
[ "${#asked[@]}" -gt 0 ] || fail "\`commands\` names nothing to run: expected validate, check or compare"
for command in "${asked[@]}"; do
    case "$command" in
    validate | check | compare) ;;
    *) fail "\`commands\`: $command is not known: expected validate, check or compare" ;;
    esac
done
for command in "${asked[@]}"; do
    case "$command" in
    validate) validate ;;
    check) check ;;
    compare) compare ;;
    esac
done
echo "code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
