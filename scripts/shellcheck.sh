#!/usr/bin/env bash
# Checks the shell scripts: always their syntax, and with shellcheck where it is installed
# (it is not a Go program, so tools/ cannot provide it).

# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

scripts=(scripts/*.sh .ci/run)
for script in "${scripts[@]}"; do
  bash -n "$script"
done
if command -v shellcheck >/dev/null; then
  shellcheck -x "${scripts[@]}"
else
  echo 'shellcheck is not installed: only the syntax of the scripts was checked.'
fi
