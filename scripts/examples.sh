#!/usr/bin/env bash
# Formats the examples (fmt), or checks them (check): format, that every type has some, and that
# each is valid for the provider in bin/, in the eyes of a real CLI.
#
# What is validated together: each file of examples/provider, resources, data-sources and so on by itself,
# import blocks together with the resource they import into, and each folder of examples/guides and
# examples/demo as the one configuration that it is, with its tests. A configuration without required_providers gets some.

# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cli=$(find_cli)

case ${1:-} in
  fmt)
    "$cli" fmt -recursive examples
    exit
    ;;
  check) ;;
  *) fail "usage: $0 fmt|check" ;;
esac

heading "Examples, with $(cli_version "$cli")"
"$cli" fmt -check -diff -recursive examples || fail 'run make fmt'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "terraform-immuta/immuta" = "$root/bin"
  }
}
EOF
export TF_CLI_CONFIG_FILE=$scratch/cli.tfrc

failed=0
checked=0
skipped=()

# validate NAME FILE...: validates the files as one configuration.
validate() {
  local name=$1 directory=$scratch/configuration
  shift
  rm -rf "$directory"
  mkdir "$directory"
  cp "$@" "$directory"
  validate_in "$directory" "$name"
}

# validate_in DIRECTORY NAME: validates the configuration in a copy of it.
validate_in() {
  local directory=$1 name=$2 options=(-no-color)
  if [[ $name = *.tfquery.hcl ]]; then
    options+=(-query) # Without it, queries are not looked at.
  fi
  if ! grep -qs required_providers "$directory"/*.tf; then
    printf 'terraform {\n  required_providers {\n    immuta = { source = "terraform-immuta/immuta" }\n  }\n}\n' >"$directory/prelude.tf"
  fi
  checked=$((checked + 1))
  # There is no init with development overrides: get brings the modules of the configuration.
  if ! { "$cli" -chdir="$directory" get -no-color && "$cli" -chdir="$directory" validate "${options[@]}"; } >"$scratch/log" 2>&1; then
    failed=$((failed + 1))
    printf '\n%s is not valid:\n' "$name"
    cat "$scratch/log"
  fi
}

# needs NAME VERSION [terraform]: whether the CLI is new enough (and not OpenTofu); notes what had to be skipped.
needs() {
  if cli_at_least "$cli" "$2" && ! { [ "${3:-}" = terraform ] && is_tofu "$cli"; }; then
    return 0
  fi
  skipped+=("$1: needs ${3:+Terraform }$2")
  return 1
}

while IFS= read -r -d '' file; do
  directory=$(dirname "$file")
  case $file in
    examples/guides/* | examples/demo/*) ;; # by folder, below
    */import-by-identity.tf)
      if needs "$file" 1.12; then
        validate "$file" "$file" "$directory/resource.tf"
      fi
      ;;
    */import-by-string-id.tf) validate "$file" "$file" "$directory/resource.tf" ;;
    examples/actions/*.tf)
      if needs "$file" 1.14 terraform; then
        validate "$file" "$file"
      fi
      ;;
    *.tf) validate "$file" "$file" ;;
    *.tfquery.hcl)
      if needs "$file" 1.14 terraform; then
        validate "$file" "$file"
      fi
      ;;
    */without-actions.sh)
      checked=$((checked + 1))
      bash -n "$file"
      ;;
    */import.sh)
      checked=$((checked + 1))
      bash -n "$file"
      # Every line has to import into the resource that the page shows.
      while read -r program command address _; do
        if [ "$program $command" != 'terraform import' ] ||
          ! grep -q "^resource \"${address%%.*}\" \"${address#*.}\"" "$directory/resource.tf"; then
          failed=$((failed + 1))
          printf '\n%s: not an import into a resource of resource.tf: %s %s %s\n' "$file" "$program" "$command" "$address"
        fi
      done < <(grep -v -e '^#' -e '^$' "$file")
      ;;
    *) fail "$file: no rule says how to check this" ;;
  esac
done < <(find examples -type f -print0 | sort -z)

while IFS= read -r directory; do
  # With the folders beside it, which may be its modules.
  guide=$(cut -d / -f 1-3 <<<"$directory")
  rm -rf "$scratch/configuration"
  cp -R "$guide" "$scratch/configuration"
  validate_in "$scratch/configuration${directory#"$guide"}" "$directory"
done < <(find examples/guides examples/demo -name '*.tf' -print0 | xargs -0 -n 1 dirname | sort -u)

# Each type shows itself; each resource shows every form of its import.
missing() {
  failed=$((failed + 1))
  printf '%s is missing\n' "$1"
}
while read -r kind name; do
  case $kind in
    resources)
      for file in resource.tf import.sh import-by-string-id.tf import-by-identity.tf; do
        [ -e "examples/$kind/$name/$file" ] || missing "examples/$kind/$name/$file"
      done
      ;;
    actions)
      for file in action.tf without-actions.sh; do
        [ -e "examples/$kind/$name/$file" ] || missing "examples/$kind/$name/$file"
      done
      ;;
    list-resources) [ -e "examples/$kind/$name/list-resource.tfquery.hcl" ] || missing "examples/$kind/$name/list-resource.tfquery.hcl" ;;
    *) [ -e "examples/$kind/$name/${kind%s}.tf" ] || missing "examples/$kind/$name/${kind%s}.tf" ;;
  esac
done < <(find docs -mindepth 2 -name '*.md' -not -path 'docs/guides/*' |
  sed -E -e 's|^docs/||; s|\.md$||; s|/| immuta_|; s|^functions immuta_|functions |')

printf '%d examples checked, %d failed, %d skipped\n' "$checked" "$failed" "${#skipped[@]}"
if [ ${#skipped[@]} -gt 0 ]; then
  printf '  SKIPPED: %s\n' "${skipped[@]}"
fi
[ "$failed" -eq 0 ]
