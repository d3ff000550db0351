package handler_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// withoutSecret is what somebody configures who does not know the password.
var withoutSecret = attrs{"server.password_wo": nil, "server.password_wo_version": nil}

// emptyBench is a bench whose tenant has no source.
func emptyBench(t *testing.T) *acctest.Bench {
	t.Helper()
	b := acctest.NewBench(t, protoType)
	b.Tenant.Destroy(b.Source)
	b.Tenant.ResetJournal()
	return b
}

// imported is a source that Terraform has never written, on a bench of its own.
func imported(t *testing.T) (*acctest.Bench, acctest.Resource) {
	t.Helper()
	b := emptyBench(t)
	b.Created(protoConfig())
	r := b.ByID("name:Orders")
	b.Tenant.ResetJournal()
	return b, r
}

// TestProtocolSecretsAreNeededOnlyWhenTheyAreSent lets somebody who does not know the password manage a source.
func TestProtocolSecretsAreNeededOnlyWhenTheyAreSent(t *testing.T) {
	t.Parallel()
	b, r := imported(t)
	config := protoConfig(withoutSecret)
	r = b.PlansNothing(r, config)

	config["description"] = "described by somebody else"
	r = b.Applied(r, config)
	b.WantCalls("PUT /dataSource/*", "GET /dataSource/*", "GET /snowflake/handler/*")
	config["enabled"] = false
	r = b.Applied(r, config)
	config["name"] = "Orders of today"
	if at := acctest.Get(b.Planned(r, config).Planned, "connection_string"); at != acctest.Get(r.State, "connection_string") {
		t.Errorf("a rename plans the connection string %v", at)
	}
	b.Tenant.ResetJournal()
	r = b.Applied(r, config)
	if b.Tenant.Journal().Count("PUT", "/snowflake/handler/") > 0 {
		t.Error("a rename wrote the handler")
	}

	b.Tenant.ResetJournal()
	for name, change := range map[string]acctest.Config{
		"server.hostname":     config.With("server.hostname", "other.snowflakecomputing.com"),
		"server.port":         config.With("server.port", 444),
		"event_time_column":   config.With("event_time_column", "AT"),
		"additional_metadata": config.With("additional_metadata", `{"format":"odbc"}`),
	} {
		b.TryPlan(r, change).WantErrorAt(t, "server.password_wo", "The secret is missing", "This changes "+name,
			"server.password_wo (write-only", "write the value that Immuta has now into the configuration")
	}
	// What is not known when planning may need the secret in the end: nothing is sent then.
	plan, diags := b.Plan(r, config.With("remote_table", acctest.Unknown).With("allow_remote_change", true))
	diags.WantNoError(t)
	moved := config.With("remote_table", "CUSTOMERS").With("allow_remote_change", true)
	_, diags = b.ApplyPlan(r, plan.Resolved("remote_table", "CUSTOMERS"), moved)
	diags.WantErrorAt(t, "server.password_wo", "This changes remote_table")
	// Drift, too, is corrected with the whole connection.
	b.Tenant.UpdateHandler(sourceOf(t, b.Tenant, r).HandlerID, func(metadata map[string]any) { metadata["warehouse"] = "OTHER" })
	r = b.Refreshed(r)
	b.TryPlan(r, config).WantErrorAt(t, "server.password_wo", "This changes server.warehouse")
	b.PlansNothing(r, config.With("server.warehouse", "OTHER"))
	b.WantNoWrites()
}

// TestProtocolSecretsAreNeededToCreate is about each technology's own way of authenticating.
func TestProtocolCreateNeedsTheSecret(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	config := protoConfig(withoutSecret)
	b.TryPlan(b.Absent(), config).WantErrorAt(t, "server.password_wo", "Give server.password_wo", "or server.password",
		"when it registers the data source", "Is the key spelled right?")
	// What is not known when planning may be nothing in the end.
	plan, diags := b.Plan(b.Absent(), config.With("server.password", acctest.Unknown))
	diags.WantNoError(t)
	_, diags = b.ApplyPlan(b.Absent(), plan, config)
	diags.WantErrorAt(t, "server.password_wo", "The secret is missing")
	b.WantCalls()
}

// TestProtocolDroppedSecretsSendNothing takes secrets out of the configuration: Immuta keeps them.
func TestProtocolDroppedSecretsSendNothing(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]acctest.Config{
		"kept":       protoConfig(attrs{"server.password_wo": nil, "server.password_wo_version": nil, "server.password": "kept"}),
		"write-only": protoConfig(attrs{"server.password_wo_version": 1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := emptyBench(t)
			r := b.Created(config)
			b.Tenant.ResetJournal()
			dropped := changed(config, withoutSecret, attrs{"server.password": nil})
			r = b.Applied(r, dropped)
			b.WantCalls()
			b.PlansNothing(r, dropped)
			if secrets, _ := b.Tenant.Secrets(sourceOf(t, b.Tenant, r).HandlerID); secrets.Password == "" {
				t.Error("the tenant has no password any more")
			}
		})
	}
}

// TestProtocolOtherDataIsADecision is about the attributes that say which data a source stands for.
func TestProtocolOtherDataIsADecision(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	r := b.Created(protoConfig())
	// A change of the connection opens what Immuta derives from that, and nothing else.
	planned := b.Planned(r, protoConfig(attrs{"server.port": 444})).Planned
	if open := acctest.UnknownAttributes(planned); len(open) != 1 || open[0] != "connection_string" {
		t.Errorf("another port leaves %q open", open)
	}
	b.Tenant.ResetJournal()
	for at, change := range map[string]attrs{
		"remote_table":  {"remote_table": "CUSTOMERS"},
		"remote_schema": {"remote_schema": "RETAIL"},
		"query":         {"remote_schema": nil, "remote_table": nil, "query": "select 1"},
	} {
		diags := b.TryPlan(r, protoConfig(change))
		if at == "query" {
			at = "remote_table"
		}
		diags.WantErrorAt(t, at, "would stand for other data", "for_each", "moved", "allow_remote_change = true", "Orders")
	}
	b.TryPlan(r, protoConfig(attrs{"remote_table": "CUSTOMERS"})).WantErrorAt(t, "remote_table", `remote_table from "ORDERS" to "CUSTOMERS"`)

	// What is not known when planning is decided before any call.
	plan, diags := b.Plan(r, protoConfig(attrs{"remote_table": acctest.Unknown}))
	diags.WantNoError(t)
	other := protoConfig(attrs{"remote_table": "CUSTOMERS"})
	_, diags = b.ApplyPlan(r, plan.Resolved("remote_table", "CUSTOMERS"), other)
	diags.WantErrorAt(t, "remote_table", "would stand for other data")
	b.WantCalls()

	// Putting back what Terraform wrote, when it was created or later, needs no leave. A difference in case is none.
	handlerID := sourceOf(t, b.Tenant, r).HandlerID
	move := func(table string) {
		b.Tenant.UpdateHandler(handlerID, func(metadata map[string]any) { metadata["table"] = table })
		r = b.Refreshed(r)
	}
	move("MOVED AT ONCE")
	r = b.Applied(r, protoConfig())
	r = b.Applied(r, protoConfig(attrs{"remote_table": "Orders"}))
	move("MOVED")
	b.TryPlan(r, other).WantErrorAt(t, "remote_table", `from "MOVED" to "CUSTOMERS"`)
	r = b.Applied(r, protoConfig())
	move("MOVED AGAIN")

	allowed := protoConfig(attrs{"remote_table": "CUSTOMERS", "allow_remote_change": true})
	// What Immuta derives from the data is open then.
	acctest.WantAttributes(t, b.Planned(r, allowed).Planned, attrs{"high_cardinality_column": acctest.Unknown})
	r = b.Applied(r, allowed)
	if metadata, _ := b.Tenant.Handler(handlerID); metadata["table"] != "CUSTOMERS" {
		t.Errorf("the tenant's table is %v", metadata["table"])
	}
	// From now on that is what Terraform wrote last.
	r = b.Applied(r, protoConfig(attrs{"remote_table": "CUSTOMERS"}))
	move("ORDERS")
	b.TryPlan(r, protoConfig(attrs{"remote_table": "ORDERS2"})).WantErrorAt(t, "remote_table", "would stand for other data")
	b.Applied(r, protoConfig(attrs{"remote_table": "CUSTOMERS"}))
}

// TestProtocolImportedDataIsADecision: of an imported source, Terraform has written nothing that it could put back.
func TestProtocolImportedDataIsADecision(t *testing.T) {
	t.Parallel()
	b, r := imported(t)
	b.TryPlan(r, protoConfig(attrs{"remote_table": "CUSTOMERS"})).WantErrorAt(t, "remote_table", `from "ORDERS" to "CUSTOMERS"`)
	b.Applied(r, protoConfig(attrs{"remote_table": "CUSTOMERS", "allow_remote_change": true}))
}

// TestProtocolInheritedDefaults shows in the state what a destroy would do, and a changed default as a change of the state alone.
func TestProtocolInheritedDefaults(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	r := b.Created(protoConfig())
	acctest.WantAttributes(t, r.State, attrs{"on_destroy": "disable", "deletion_protection": false})
	b.PlansNothing(b.ByID("name:Orders"), protoConfig(withoutSecret))

	strict := b.With(attrs{"source_defaults": attrs{"on_destroy": "delete", "deletion_protection": true}})
	plan := strict.Planned(r, protoConfig())
	acctest.WantAttributes(t, plan.Planned, attrs{"on_destroy": "delete", "deletion_protection": true})
	b.Tenant.ResetJournal()
	r = strict.Applied(r, protoConfig())
	strict.WantCalls()
	strict.PlansNothing(r, protoConfig())
	strict.TryPlan(r, nil).WantErrorAt(t, "deletion_protection", "source_defaults")
	// What the source says itself counts for more.
	own := protoConfig(attrs{"on_destroy": "abandon", "deletion_protection": false})
	r = strict.Applied(r, own)
	acctest.WantAttributes(t, r.State, attrs{"on_destroy": "abandon", "deletion_protection": false})
}

// TestProtocolDefaultsAreVisible: what nobody configured is shown as it is, and spelling it out is no change.
func TestProtocolDefaultsAreVisible(t *testing.T) {
	t.Parallel()
	b, r := imported(t)
	visible := attrs{
		"enabled": true, "server.port": int64(443), "server.ssl": true, "server.authentication_method": "userPassword",
		"server.connection_string_options": "", "allow_remote_change": false, "on_destroy": "disable", "deletion_protection": false,
	}
	acctest.WantAttributes(t, r.State, visible)
	config := protoConfig(withoutSecret)
	plan := b.Planned(b.Absent(), protoConfig(attrs{"name": "Another", "schema_evolution": attrs{"owner_profile_id": 17}}))
	acctest.WantAttributes(t, plan.Planned, visible)
	acctest.WantAttributes(t, plan.Planned, attrs{
		"schema_evolution.disabled": true, "schema_evolution.schemas": []any{}, "schema_evolution.name_template.table_format": "<tablename>",
	})
	for at, value := range visible {
		config = config.With(at, value)
	}
	b.PlansNothing(r, config)
	for at := range visible {
		b.PlansNothing(r, config.Without(at))
	}
}

// TestProtocolCreatePlansWhatIsKnown lists all that a plan to create a source leaves open.
func TestProtocolCreatePlansWhatIsKnown(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	planned := b.Planned(b.Absent(), protoConfig()).Planned
	acctest.WantAttributes(t, planned, attrs{
		"sql_schema_name": "sales", "sql_table_name": "orders", "stale_data_tolerance": int64(86400), "record_format": "",
	})
	want := "catalog_metadata category column_evolution_enabled connection_string created_at created_by description " +
		"disable_sensitive_data_discovery documentation event_time_column expiration handler_id has_examples high_cardinality_column id " +
		"native_view organization private schema_project_name"
	if got := strings.Join(acctest.UnknownAttributes(planned), " "); got != want {
		t.Errorf("a plan leaves open\n%s, want\n%s", got, want)
	}
}

// TestProtocolClearing clears what has a value in Immuta.
func TestProtocolClearing(t *testing.T) {
	t.Parallel()
	b := emptyBench(t)
	full := protoConfig(attrs{
		"expiration": "2030-01-01T00:00:00Z", "description": "text", "catalog_metadata": attrs{"id": "1", "provider": "alation"},
	})
	r := b.Created(full)
	// What leaves the configuration stays in Immuta.
	r = b.PlansNothing(r, protoConfig())
	cleared := protoConfig(attrs{"expiration": "", "description": "", "catalog_metadata": attrs{"id": "", "provider": ""}})
	r = b.Applied(r, cleared)
	source := sourceOf(t, b.Tenant, r)
	if source.Expiration != "" || source.Description != "" || source.CatalogMetadata["id"] != "" {
		t.Errorf("the tenant still has %+v", source)
	}
	r = b.PlansNothing(b.Refreshed(r), cleared)
	b.PlansNothing(r, protoConfig())
	b.PlansNothing(b.ByID("name:Orders"), protoConfig(withoutSecret, attrs{"expiration": ""}))
	b.TryApply(r, protoConfig(attrs{"expiration": "tomorrow"})).WantErrorAt(t, "expiration", "RFC 3339")
}
