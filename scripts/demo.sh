#!/usr/bin/env bash
# Shows the provider at work: a real CLI, the provider as a user would install it, and a tenant on this machine.
# Every step checks what it claims; the last lines are a summary of that.
#
# CLI=path picks the CLI. VERBOSE=1 prints the configuration, every command and all of its output, where the default is the
# lines that matter. KEEP=1 leaves the tenant running at the end, to play with.

# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
command -v curl >/dev/null || fail 'the demo talks to the tenant behind Terraform'\''s back, and needs curl for that'

cli=$(find_cli)
name=terraform
registry=registry.terraform.io
if is_tofu "$cli"; then
  name=tofu
  registry=registry.opentofu.org
fi
cli_at_least "$cli" 1.11 || fail "$(cli_version "$cli") has no write-only arguments, which the demo shows: 1.11 is needed"
version=0.1.0
key=demo-key
password=not-in-the-state
token=nor-is-this
sql_password=nor-is-that

seed=cmd/fake-immuta/testdata/seed.json
verbose=${VERBOSE:-}

scratch=$(mktemp -d)
work=$scratch/configuration
output=$scratch/output # of the last command
tenant_pid=
finished=

clean_up() {
  local status=$?
  if [ "$status" -ne 0 ] && [ -z "$finished" ]; then
    printf '\nThe demo stopped at a step that failed.\n' >&2
    if [ -z "$verbose" ] && [ -s "$output" ]; then
      printf '\nThe last command was: %s\nIt printed:\n' "$last" >&2
      cat "$output" >&2
    fi
    if [ -s "$scratch/tenant.log" ]; then
      printf '\nThe end of what the tenant logged:\n' >&2
      tail -n 20 "$scratch/tenant.log" >&2
    fi
  fi
  if [ -n "$finished" ] && [ -n "${KEEP:-}" ]; then
    return
  fi
  if [ -n "$tenant_pid" ]; then
    kill "$tenant_pid" 2>/dev/null || true
    wait "$tenant_pid" 2>/dev/null || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# note TEXT...: what only VERBOSE=1 prints.
note() {
  [ -z "$verbose" ] || printf '%s\n' "$@"
}

step=0
# narrate TITLE TEXT...: what comes next, and why.
narrate() {
  step=$((step + 1))
  if [ -z "$verbose" ]; then
    printf '%2d. %s\n' "$step" "$1"
    return
  fi
  heading "$step. $1"
  shift
  printf '%s\n' "$@"
}

# shown TEXT...: a line of the summary, or more.
summary=()
shown() {
  summary+=("$@")
}

# Both CLIs color their output even if nobody can see it.
if [ -z "$verbose" ] || [ ! -t 1 ] || [ -n "${NO_COLOR:-}" ]; then
  export TF_CLI_ARGS=-no-color
fi

# run COMMAND...: runs a command, and keeps what it prints in $output.
last=
run() {
  last=$*
  if [ -z "$verbose" ]; then
    in_work "$@" >"$output" 2>&1
    return
  fi
  printf '\n$ %s\n' "$*"
  in_work "$@" 2>&1 | tee "$output"
}

# plan EXPECTED [ARGUMENT...]: runs a plan and insists on its detailed exit code: 0 for no changes, 1 for an error, 2 for changes.
plan() {
  local expected=$1 status=0
  shift
  run "$name" plan -detailed-exitcode "$@" || status=$?
  [ "$status" -eq "$expected" ] || fail "the plan should have exited with $expected, not $status"
}

# in_work COMMAND...: the CLI goes by its usual name, whichever was picked.
in_work() {
  if [ "$1" = "$name" ]; then
    shift
    (cd "$work" && exec "$cli" "$@")
  else
    (cd "$work" && exec "$@")
  fi
}

# telling PATTERN [COUNT]: insists that lines of the last command's output match, and prints those, and as many after them,
# unless VERBOSE=1 has printed them already.
telling() {
  local lines
  lines=$(sed -E $'s/\e\\[[0-9;]*m//g; s/^(│ | )+//; s/ += / = /' "$output" | grep -E ${2:+-A"$2"} -- "$1") ||
    fail "the output should have lines like: $1"
  [ -n "$verbose" ] || sed 's/^/      /' <<<"$lines"
}

# edit FILE EXPRESSION: changes the configuration.
edit() {
  sed -E "$2" "$work/$1" >"$scratch/edited"
  ! cmp -s "$work/$1" "$scratch/edited" || fail "nothing to change in $1: $2"
  [ -z "$verbose" ] || diff "$work/$1" "$scratch/edited" || true
  mv "$scratch/edited" "$work/$1"
}

# no_secrets: insists that none is in the state.
no_secrets() {
  local secret
  for secret in "$password" "$token" "$sql_password"; do
    ! grep -qF "$secret" "$work/terraform.tfstate" || fail 'a secret is in the state'
  done
}

# tenant METHOD PATH [BODY]: asks the tenant directly, without Terraform.
tenant() {
  curl --silent --show-error --fail --noproxy '*' --max-time 10 \
    --request "$1" --header "Authorization: $key" --header 'Content-Type: application/json' \
    ${3:+--data "$3"} "$IMMUTA_HOST$2"
}

# expect_deleted BOOLEAN ID...: insists on what the tenant returns for sources, once its background jobs are done.
expect_deleted() {
  local answer id wanted=$1
  shift
  for id; do
    for _ in $(seq 50); do
      answer=$(tenant GET "/dataSource/$id")
      if grep -Eq "\"deleted\": ?$wanted" <<<"$answer"; then
        note "The tenant says of source $id: \"deleted\": $wanted"
        continue 2
      fi
      sleep 0.1
    done
    fail "source $id should have deleted=$wanted, but the tenant says: $answer"
  done
}

# id_of ADDRESS: the id of a resource in the state.
id_of() {
  in_work "$name" state show -no-color "$1" | sed -nE 's/^ +id += ([0-9]+)$/\1/p'
}

printf '%s\n' "Using $(cli_version "$cli") at $cli.${verbose:- VERBOSE=1 prints every command and all of its output.}" ''

narrate 'Build the provider, and put it where an installed one would be' \
  "A folder laid out like a registry, so that '$name init' finds the provider as it would find a release."
plugin=$scratch/plugins/$registry/terraform-immuta/immuta/$version/$(go env GOOS)_$(go env GOARCH)
mkdir -p "$plugin" "$work"
go build -ldflags "-X main.version=$version" -o "$plugin/terraform-provider-immuta_v$version" .
go build -o "$scratch/fake-immuta" ./cmd/fake-immuta
cat >"$scratch/cli.tfrc" <<EOF
provider_installation {
  filesystem_mirror {
    path = "$scratch/plugins"
  }
}
EOF
export TF_CLI_CONFIG_FILE=$scratch/cli.tfrc
cp examples/demo/*.tf "$work"
if [ -n "$verbose" ]; then
  printf 'The configuration is a copy of examples/demo:\n\n'
  tail -n +1 "$work"/{sources,people,imports,lookups}.tf
fi

narrate 'Start a tenant: a program that behaves like Immuta, on a free port' \
  "It keeps everything in memory. What it contains from the start is in $seed."
# nohup: with KEEP=1 it outlives this script and its terminal.
nohup "$scratch/fake-immuta" -seed "$seed" -api-key "$key" -log >"$scratch/address" 2>"$scratch/tenant.log" &
tenant_pid=$!
IMMUTA_HOST=
for _ in $(seq 100); do
  IMMUTA_HOST=$(sed -n 's/^listening on //p' "$scratch/address")
  [ -z "$IMMUTA_HOST" ] || break
  kill -0 "$tenant_pid" 2>/dev/null || fail 'the tenant did not start'
  sleep 0.1
done
[ -n "$IMMUTA_HOST" ] || fail 'the tenant did not say where it listens'
export IMMUTA_HOST IMMUTA_API_KEY=$key
export TF_VAR_snowflake_password=$password TF_VAR_databricks_token=$token TF_VAR_sql_password=$sql_password
printf '      %s\n' "It listens on $IMMUTA_HOST and contains (ids in parentheses):"
sed -nE 's/^  ((users|groups|tags|sources) .*)/      \1/p' "$scratch/tenant.log" | fold -s -w 130 | sed -E 's/^([^ ])/               \1/'

narrate "$name init" 'Finds the provider in that folder. Nothing is downloaded.'
run "$name" init
telling "Installed terraform-immuta/immuta v$version"
shown 'init       installs the provider from a folder that is laid out like a registry'

narrate 'Apply: register five data sources, take over one that is there, tag, describe and share one, make a SQL account' \
  'Three Snowflake tables share one connection; a Databricks table; a prefix in S3. The import needs no password, because' \
  'nothing sends it. Two data sources are read: who the key belongs to, and what Immuta says about one of the tables.'
run "$name" apply -auto-approve
telling '^Plan:|Apply complete! Resources: 1 imported, 9 added, 1 changed, 0 destroyed\.'
no_secrets
orders=$(id_of immuta_snowflake_data_source.orders)
invoices=$(id_of immuta_snowflake_data_source.invoices)
clicks=$(id_of immuta_databricks_data_source.clicks)
exports=$(id_of immuta_s3_data_source.exports)
customers=$(id_of 'immuta_snowflake_data_source.more["CUSTOMERS"]')
returns=$(id_of 'immuta_snowflake_data_source.more["RETURNS"]')
shown \
  'apply      registers sources of several technologies; dictionary, tags, access and SQL account come with them' \
  'secrets    are write-only: no password and no token is in the state' \
  'import     takes over an existing source by its name, and needs no password for that'

narrate 'Look at what nobody configured: defaults are visible' \
  'The state holds the values in force, so a plan can say what differs from them.'
run "$name" state show immuta_snowflake_data_source.orders
telling '^(allow_remote_change|deletion_protection|enabled|on_destroy|port|ssl) ='
shown 'defaults   are in the plan and in the state, where drift from them can be seen'

narrate 'Plan again' 'After an apply, a plan is empty.'
plan 0
telling '^No changes\.'
shown 'plan       is empty after an apply'

narrate 'Change a description' 'In the configuration, as one would.'
edit sources.tf 's/each returned item\./each returned item, damaged ones included./'
run "$name" apply -auto-approve
telling '^~ description|Apply complete! Resources: 0 added, 1 changed, 0 destroyed\.'
grep -qF 'damaged ones included' <<<"$(tenant GET "/dataSource/$returns")" || fail 'the tenant does not have the new description'
shown 'update     sends what changed, and nothing else is planned'

narrate 'Rotate a password' \
  'Terraform cannot see that a write-only value changed, which is what its version is for.'
export TF_VAR_sql_password=$sql_password-2
edit people.tf 's/(password_wo_version +=) 1/\1 2/'
run "$name" apply -auto-approve
telling '^~ password_wo_version|Apply complete! Resources: 0 added, 1 changed, 0 destroyed\.'
no_secrets
shown 'rotation   of a write-only password is a new version of it'

narrate 'Point a source at another table, by mistake' \
  'Its members, tags and policies would then stand over other data. allow_remote_change = true permits it.'
edit sources.tf 's/"ORDERS"/"ORDERS_2027"/'
plan 1
telling '^Error:'
telling '^This changes remote_table' 2
edit sources.tf 's/"ORDERS_2027"/"ORDERS"/'
shown 'safety     a source that would stand for other data is refused by the plan, unless allow_remote_change = true'

narrate "Disable a source behind Terraform's back" \
  'Somebody switches off "Sales Customers" in Immuta itself. The next plan notices: enabled is false, where the' \
  'configuration says nothing, which means true. The next apply restores the source.'
note '' "$ curl -X PUT $IMMUTA_HOST/dataSource/bulk/disable -d '{\"ids\": [$customers]}'"
tenant PUT /dataSource/bulk/disable "{\"ids\": [$customers]}" >"$output"
expect_deleted true "$customers"
plan 2
telling '^~ enabled ='
run "$name" apply -auto-approve
telling 'Apply complete! Resources: 0 added, 1 changed, 0 destroyed\.'
expect_deleted false "$customers"
shown 'drift      of a source that was disabled by hand is detected (enabled: false -> true) and repaired'

narrate 'Plan a destroy' 'One source has on_destroy = "delete", which the plan warns about.'
plan 2 -destroy
telling '^Plan:|^Warning:'
telling '^on_destroy = "delete":' 2
shown 'warning    a plan that would delete a source for good says which'

narrate 'Destroy' \
  'By default that disables the sources: nobody can use them any more, but nothing is lost. The S3 source is deleted for' \
  'good, and the one with on_destroy = "abandon" is left as it is.'
run "$name" destroy -auto-approve
telling 'Destroy complete! Resources: 10 destroyed\.'
expect_deleted true "$orders" "$customers" "$returns" "$clicks"
expect_deleted false "$invoices"
! tenant GET "/dataSource/$exports" >/dev/null 2>&1 || fail "source $exports should be gone for good"
shown \
  'destroy    disables sources, which loses nothing (on_destroy = "disable", the default), ...' \
  '           ... deletes one for good ("delete") and leaves one as it is ("abandon")'

narrate 'Apply once more' 'The disabled sources come back, under their ids and with their members.'
run "$name" apply -auto-approve
telling '^Warning: A disabled data source was restored|Apply complete! Resources: 1 imported, 9 added'
expect_deleted false "$orders" "$customers" "$returns" "$clicks"
[ "$(id_of immuta_snowflake_data_source.orders)" = "$orders" ] || fail 'the orders should have come back under their id'
shown 'restore    applying the same configuration again brings the disabled sources back, under their ids'

finished=1
heading "What was shown, with $(cli_version "$cli")"
printf '%s\n' "${summary[@]}"
if [ -n "${KEEP:-}" ]; then
  cat <<EOF

The tenant is still running. To play with it:

  cd $work
  export TF_CLI_CONFIG_FILE=$TF_CLI_CONFIG_FILE
  export IMMUTA_HOST=$IMMUTA_HOST IMMUTA_API_KEY=$key
  export TF_VAR_snowflake_password=$password TF_VAR_databricks_token=$token TF_VAR_sql_password=$TF_VAR_sql_password
  $cli plan
  curl -H 'Authorization: $key' $IMMUTA_HOST/dataSource

What it is asked is logged in $scratch/tenant.log. When you have had enough:

  kill $tenant_pid; rm -rf $scratch
EOF
else
  printf '\nThe tenant is stopped and every file of the demo is gone. KEEP=1 leaves both to play with; VERBOSE=1 prints everything.\n'
fi
