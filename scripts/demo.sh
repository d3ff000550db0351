#!/usr/bin/env bash
# Shows the provider at work: a real CLI, the provider as a user would install it, and a tenant on this machine.
# Every step prints what it runs and what that printed, and checks what it claims.
#
# CLI=path picks the CLI. KEEP=1 leaves the tenant running at the end, to play with.

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

scratch=$(mktemp -d)
work=$scratch/configuration
tenant_pid=
finished=

clean_up() {
  local status=$?
  if [ "$status" -ne 0 ] && [ -z "$finished" ]; then
    printf '\nThe demo stopped at a step that failed.\n' >&2
    if [ -s "$scratch/tenant.log" ]; then
      printf 'The end of what the tenant logged:\n' >&2
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

step=0
# narrate TITLE TEXT...: what comes next, and why.
narrate() {
  step=$((step + 1))
  heading "$step. $1"
  shift
  printf '%s\n' "$@"
}

# Both CLIs color their output even if nobody can see it.
if [ ! -t 1 ] || [ -n "${NO_COLOR:-}" ]; then
  export TF_CLI_ARGS=-no-color
fi

# run COMMAND...: shows the command and what it prints, and keeps a copy of that in $output.
output=$scratch/output
run() {
  printf '\n$ %s\n' "$*"
  in_work "$@" 2>&1 | tee "$output"
}

# plan EXPECTED: runs a plan and insists on its detailed exit code: 0 for no changes, 2 for some.
plan() {
  local status=0
  run "$name" plan -detailed-exitcode || status=$?
  [ "$status" -eq "$1" ] || fail "the plan should have exited with $1, not $status"
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

# expect TEXT: insists that the last command printed it.
expect() {
  sed $'s/\e\\[[0-9;]*m//g' "$output" | grep -F -- "$1" >/dev/null || fail "the output above should contain: $1"
}

# tenant METHOD PATH [BODY]: asks the tenant directly, without Terraform.
tenant() {
  curl --silent --show-error --fail --noproxy '*' --max-time 10 \
    --request "$1" --header "Authorization: $key" --header 'Content-Type: application/json' \
    ${3:+--data "$3"} "$IMMUTA_HOST$2"
}

# expect_deleted ID BOOLEAN: insists on what the tenant returns for a source, once its background jobs are done.
expect_deleted() {
  local answer
  for _ in $(seq 50); do
    answer=$(tenant GET "/dataSource/$1")
    if grep -Eq "\"deleted\": ?$2" <<<"$answer"; then
      printf 'The tenant says of source %s: "deleted": %s\n' "$1" "$2"
      return
    fi
    sleep 0.1
  done
  fail "source $1 should have deleted=$2, but the tenant says: $answer"
}

narrate 'Build the provider and put it where an installed one would be' \
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
printf '%s\n' "Using $(cli_version "$cli") at $cli." "The configuration is a copy of examples/demo:" ''
cat "$work"/{sources,people,lookups}.tf

narrate 'Start a tenant' \
  'A program that behaves like Immuta, on a free port of this machine. It keeps everything in memory.'
# nohup: with KEEP=1 it outlives this script and its terminal.
nohup "$scratch/fake-immuta" -listen 127.0.0.1:0 -api-key "$key" -log >"$scratch/address" 2>"$scratch/tenant.log" &
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
printf '%s\n' "It listens on $IMMUTA_HOST."

narrate 'Init' "Finds the provider in that folder. Nothing is downloaded."
run "$name" init
expect "Installed terraform-immuta/immuta v$version"

narrate 'Apply' \
  'Registers three Snowflake tables that share one connection, a Databricks table and a prefix in S3; describes the' \
  'columns of one table, lets a group read it and tags it; makes a SQL account; and reads two data sources: who the key' \
  'belongs to, and what Immuta says about one of the tables.'
run "$name" apply -auto-approve
expect 'Apply complete! Resources: 9 added, 0 changed, 0 destroyed.'
for secret in "$password" "$token" "$sql_password"; do
  if grep -qF "$secret" "$work/terraform.tfstate"; then
    fail 'a secret is in the state'
  fi
done
printf '\nNo password and no token is in the state: they are write-only.\n'
in_work "$name" output -json more_ids >"$scratch/ids"
id_of() {
  sed -E "s/.*\"$1\": ?([0-9]+).*/\1/" "$scratch/ids"
}

narrate 'Plan again' 'After an apply, a plan is empty.'
plan 0
expect 'No changes.'

narrate 'Change a description' 'In the configuration, as one would.'
sed 's/each returned item\./each returned item, damaged ones included./' "$work/sources.tf" >"$scratch/edited"
diff "$work/sources.tf" "$scratch/edited" || true
mv "$scratch/edited" "$work/sources.tf"
plan 2
expect 'Plan: 0 to add, 1 to change, 0 to destroy.'
run "$name" apply -auto-approve
expect 'Apply complete! Resources: 0 added, 1 changed, 0 destroyed.'
grep -qF 'damaged ones included' <<<"$(tenant GET "/dataSource/$(id_of RETURNS)")" ||
  fail 'the tenant does not have the new description'
printf '\nThe tenant has the new description.\n'

narrate 'Rotate a password' \
  'Terraform cannot see that a write-only value changed, which is what its version is for.'
export TF_VAR_sql_password=$sql_password-2
sed '/sql_password/,/version/ s/version = 1/version = 2/' "$work/people.tf" >"$scratch/edited"
diff "$work/people.tf" "$scratch/edited" || true
mv "$scratch/edited" "$work/people.tf"
run "$name" apply -auto-approve
expect 'Apply complete! Resources: 0 added, 1 changed, 0 destroyed.'
if grep -qF "$sql_password" "$work/terraform.tfstate"; then
  fail 'a secret is in the state'
fi

narrate "Disable a source behind Terraform's back" \
  'Somebody switches off "Sales Customers" in Immuta itself. The next plan notices: enabled is false, where the' \
  'configuration says nothing, which means true. The next apply restores the source.'
printf '\n$ curl -X PUT %s/dataSource/bulk/disable -d '\''{"ids": [%s]}'\''\n' "$IMMUTA_HOST" "$(id_of CUSTOMERS)"
tenant PUT /dataSource/bulk/disable "{\"ids\": [$(id_of CUSTOMERS)]}"
printf '\n\n'
expect_deleted "$(id_of CUSTOMERS)" true
plan 2
expect 'Plan: 0 to add, 1 to change, 0 to destroy.'
run "$name" apply -auto-approve
expect 'Apply complete! Resources: 0 added, 1 changed, 0 destroyed.'
expect_deleted "$(id_of CUSTOMERS)" false

narrate 'Destroy' \
  'By default that disables the sources: nobody can use them any more, but nothing is lost,' \
  'and applying the same configuration again would restore them. on_destroy = "delete" deletes them for good.'
run "$name" destroy -auto-approve
expect 'Destroy complete! Resources: 9 destroyed.'
for table in CUSTOMERS RETURNS; do
  expect_deleted "$(id_of "$table")" true
done

heading 'Done'
finished=1
if [ -n "${KEEP:-}" ]; then
  cat <<EOF
The tenant is still running. To play with it:

  cd $work
  export TF_CLI_CONFIG_FILE=$TF_CLI_CONFIG_FILE
  export IMMUTA_HOST=$IMMUTA_HOST IMMUTA_API_KEY=$key
  export TF_VAR_snowflake_password=$password TF_VAR_databricks_token=$token TF_VAR_sql_password=$sql_password
  $cli apply     # restores the sources
  curl -H 'Authorization: $key' $IMMUTA_HOST/dataSource

What it is asked is logged in $scratch/tenant.log. When you have had enough:

  kill $tenant_pid; rm -rf $scratch
EOF
else
  echo 'The tenant is stopped and every file of the demo is gone.'
fi
