#!/usr/bin/env bash
# Runs the tests and says at the end how many ran and which were skipped.
#
#   scripts/test.sh                 every test, with the race detector; acceptance tests use the CLI of find_cli,
#                                   and run again with each CLI in TERRAFORM_CLIS (separated by colons)
#   scripts/test.sh --acceptance    only the acceptance tests, with the same CLIs
#   scripts/test.sh CLI ...         only the acceptance tests, with each of these CLIs instead
#
# TESTARGS is passed on to go test; a -run in it wins.

# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
make_tool gotestsum

read -ra testargs <<<"${TESTARGS:-}"
# -count=1: Go's test cache does not know that a CLI on the PATH was replaced.
go_flags=(-count=1 -timeout=20m)
if [ "$(go env CGO_ENABLED)" = 1 ]; then
  go_flags+=(-race)
  race='race detector on'
else
  # Go turns cgo off by itself where there is no C compiler, and the race detector needs one.
  race='NO RACE DETECTOR: it needs a C compiler'
fi

# What the tests that run commands of a CLI have it start: they start it for every command.
go build -o bin/terraform-provider-immuta .
export IMMUTA_TEST_PROVIDER=$PWD/bin/terraform-provider-immuta

log=$(mktemp)
trap 'rm -f "$log"' EXIT
recap=()
status=0

# gotestsum lists the skipped tests of a run after it. They belong at the very end, where they are seen.
without_skipped() {
  awk '/^=== Skipped$/ { hide = 1 } /^(=== (Failed|Errors)|DONE)/ { hide = 0 } !hide { print; fflush() }'
}
skipped() {
  awk '/^=== SKIP: / { sub(/^=== SKIP: /, "  skipped: "); show = 1 } /^$/ { show = 0 } show' "$1"
}

# run_tests CLI WHAT PATTERN PACKAGE...
run_tests() {
  local cli=$1 what=$2 pattern=$3 title
  shift 3
  title="$what with $(cli_version "$cli"), $race"
  heading "$title"

  # The test framework serves the provider under one address. OpenTofu resolves a configuration
  # without required_providers to its own registry, so that is where it has to be found.
  local host=registry.terraform.io
  if is_tofu "$cli"; then
    host=registry.opentofu.org
  fi
  # The same race flag for every run, or everything would be compiled twice.
  TF_ACC=1 TF_ACC_TERRAFORM_PATH=$cli TF_ACC_PROVIDER_HOST=$host TF_ACC_PROVIDER_NAMESPACE=hashicorp \
    bin/gotestsum --format pkgname --format-hide-empty-pkg -- "${go_flags[@]}" -run "$pattern" "${testargs[@]}" "$@" |
    tee "$log" | without_skipped || status=1
  recap+=("$title: $(grep '^DONE' "$log" || echo 'did not finish')" "$(skipped "$log")")
}

acceptance() {
  local cli packages
  # Only packages that have acceptance tests: compiling the others would be for nothing.
  mapfile -t packages < <(grep -rl --include='*_test.go' '^func TestAcc' internal | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')
  [ ${#packages[@]} -gt 0 ] || fail 'no acceptance test found'
  for cli in "$@"; do
    run_tests "$(absolute "$cli")" 'Acceptance tests' '^TestAcc' "${packages[@]}"
  done
}

IFS=: read -ra more <<<"${TERRAFORM_CLIS:-}"
case ${1:-} in
  '')
    cli=$(find_cli)
    run_tests "$cli" 'All tests' . ./...
    [ ${#more[@]} -eq 0 ] || acceptance "${more[@]}"
    ;;
  --acceptance)
    cli=$(find_cli)
    acceptance "$cli" "${more[@]}"
    ;;
  -*) fail "usage: $0 [--acceptance | CLI ...]" ;;
  *) acceptance "$@" ;;
esac

heading 'What ran, and what was skipped and why'
printf '%s\n' "${recap[@]}" | sed '/^$/d'
exit "$status"
