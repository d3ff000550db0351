#!/usr/bin/env bash
# Writes docs/ (generate), or fails if it is not what would be written or if a link leads nowhere (check).
#
# tfplugindocs would ask the Terraform on the PATH for the schema, and download one if there is none. It is given
# the schema instead: see internal/cmd/provider-schema for why.

# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
make_tool tfplugindocs

# A page in none of these is a page that the registry lists at the very end.
subcategories='Sources,Dictionary,Access,SQL accounts,Reports,Collaboration,S3,Maintenance'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
go run ./internal/cmd/provider-schema -address immuta >"$scratch/schema.json"

# plugindocs COMMAND DIRECTORY ARGUMENT...: its progress is only of interest when it fails.
plugindocs() {
  local command=$1 directory=$2
  shift 2
  if ! bin/tfplugindocs "$command" --provider-dir "$directory" --provider-name immuta \
    --providers-schema "$scratch/schema.json" "$@" >"$scratch/log" 2>&1; then
    grep -v "\[DEBUG\]" "$scratch/log" || true
    fail "tfplugindocs $command failed"
  fi
}

# write_docs DIRECTORY: writes DIRECTORY/docs from its templates and examples.
write_docs() {
  plugindocs generate "$1" --rendered-provider-name Immuta
  go run ./internal/cmd/docs-links link "$1"
}

case ${1:-} in
  generate)
    write_docs .
    ;;
  check)
    heading 'docs/ is up to date'
    mkdir "$scratch/tree"
    cp -R examples templates "$scratch/tree"
    write_docs "$scratch/tree"
    diff -ru docs "$scratch/tree/docs" || fail 'docs/ is not what the schema, templates and examples make it: run make docs'
    plugindocs validate . --allowed-resource-subcategories "$subcategories"
    printf '%s pages\n' "$(find docs -name '*.md' | wc -l | tr -d ' ')"
    heading 'Links lead somewhere, in the repository and on the registries'
    go run ./internal/cmd/docs-links check .
    ;;
  *)
    fail "usage: $0 generate|check"
    ;;
esac
