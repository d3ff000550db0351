# shellcheck shell=bash
# Sourced by the other scripts: strict mode, the repository's root as working
# directory, an environment that is the same for everybody, and CLI discovery.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC2034 # for the scripts that source this file
root=$PWD

# What a developer's shell carries must not change what the scripts see: a CLI
# configuration (development overrides, mirrors, or a path that does not exist),
# arguments added to every command, or a real tenant's address and key.
export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
unset TOFU_CLI_CONFIG_FILE TF_REATTACH_PROVIDERS TF_WORKSPACE TF_DATA_DIR TF_PLUGIN_CACHE_DIR
unset "${!TF_CLI_ARGS@}" "${!IMMUTA_@}" 2>/dev/null || true

# heading TEXT: a section title that stands out in a long log.
heading() {
  printf '\n=== %s\n' "$*"
}

# fail TEXT: says what went wrong and stops.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# make_tool NAME: compiles bin/NAME if it is missing or its go.mod is newer.
make_tool() {
  "${MAKE:-make}" --silent --no-print-directory "bin/$1" >&2
}

# find_cli: prints the absolute path of the CLI to use: the one that CLI names, else
# terraform, else tofu, else an OpenTofu compiled from tools/.
find_cli() {
  local name
  if [ -n "${CLI:-}" ]; then
    absolute "$CLI"
    return
  fi
  for name in terraform tofu; do
    if command -v "$name" >/dev/null; then
      absolute "$name"
      return
    fi
  done
  make_tool tofu
  absolute bin/tofu
}

# absolute CLI: prints the path of a CLI given as a name or as a path.
absolute() {
  local found
  found=$(command -v "$1") || fail "no such CLI: $1"
  case $found in
    /*) printf '%s\n' "$found" ;;
    *) printf '%s/%s\n' "$PWD" "$found" ;;
  esac
}

# cli_version CLI: prints its first line of version output, "Terraform v1.11.4".
cli_version() {
  local text
  text=$("$1" version)
  printf '%s\n' "${text%%$'\n'*}"
}

# cli_at_least CLI VERSION: whether the CLI, of either kind, is of that version or a newer one.
cli_at_least() {
  local have
  have=$(cli_version "$1")
  have=${have##* v}
  [ "$(printf '%s\n' "$2" "${have%%-*}" | sort -V | head -n 1)" = "$2" ]
}

# is_tofu CLI: whether the CLI is OpenTofu.
is_tofu() {
  [[ $(cli_version "$1") == OpenTofu* ]]
}
