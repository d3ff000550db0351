package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// server answers the two calls that export makes.
type server struct {
	tfprotov6.ProviderServer
	schema     *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

func (s server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.schema, nil
}

func (s server) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return s.identities, nil
}

func object(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
}

// What is expected here is what Terraform 1.14 prints for such schemas.
func TestExport(t *testing.T) {
	t.Parallel()

	resource := object(
		&tfprotov6.SchemaAttribute{
			Name: "tags", Type: tftypes.Set{ElementType: tftypes.String}, Optional: true, Computed: true,
			Description: "Some *tags*.", DescriptionKind: tfprotov6.StringKindMarkdown,
		},
		&tfprotov6.SchemaAttribute{Name: "files", Optional: true, NestedType: &tfprotov6.SchemaObject{
			Nesting:    tfprotov6.SchemaObjectNestingModeList,
			Attributes: []*tfprotov6.SchemaAttribute{{Name: "content_wo", Type: tftypes.String, Required: true, Sensitive: true, WriteOnly: true}},
		}},
	)
	resource.Version = 3
	resource.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{{
		TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeSingle,
		Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{{Name: "read", Type: tftypes.String, Optional: true}}},
	}}

	exported, err := export(t.Context(), server{
		schema: &tfprotov6.GetProviderSchemaResponse{
			Provider:        object(&tfprotov6.SchemaAttribute{Name: "any", Type: tftypes.DynamicPseudoType, Optional: true}),
			ResourceSchemas: map[string]*tfprotov6.Schema{"x_thing": resource},
			ActionSchemas:   map[string]*tfprotov6.ActionSchema{"x_do": {Schema: object()}},
			Functions: map[string]*tfprotov6.Function{"join": {
				Summary:           "Joins.",
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "by", Type: tftypes.String, AllowNullValue: true}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "parts", Type: tftypes.String},
				Return:            &tfprotov6.FunctionReturn{Type: tftypes.String},
			}},
		},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"x_thing": {
			IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{{Name: "id", Type: tftypes.Number, RequiredForImport: true}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}

	want := `{
		"provider": {"version": 0, "block": {
			"attributes": {"any": {"type": "dynamic", "description_kind": "plain", "optional": true}},
			"description_kind": "plain"}},
		"resource_schemas": {"x_thing": {"version": 3, "block": {
			"attributes": {
				"files": {
					"nested_type": {
						"attributes": {"content_wo": {
							"type": "string", "description_kind": "plain", "required": true, "sensitive": true, "write_only": true}},
						"nesting_mode": "list"},
					"description_kind": "plain", "optional": true},
				"tags": {"type": ["set", "string"], "description": "Some *tags*.", "description_kind": "markdown", "optional": true, "computed": true}},
			"block_types": {"timeouts": {"nesting_mode": "single", "block": {
				"attributes": {"read": {"type": "string", "description_kind": "plain", "optional": true}},
				"description_kind": "plain"}}},
			"description_kind": "plain"}}},
		"action_schemas": {"x_do": {"version": 0, "block": {"description_kind": "plain"}}},
		"functions": {"join": {
			"summary": "Joins.", "return_type": "string",
			"parameters": [{"name": "by", "is_nullable": true, "type": "string"}],
			"variadic_parameter": {"name": "parts", "type": "string"}}},
		"resource_identity_schemas": {"x_thing": {"version": 0, "attributes": {"id": {"type": "number", "required_for_import": true}}}}
	}`
	got, err := json.Marshal(exported)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode(t, want), decode(t, string(got))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExportStopsAtAnError(t *testing.T) {
	t.Parallel()

	_, err := export(t.Context(), server{schema: &tfprotov6.GetProviderSchemaResponse{
		Diagnostics: []*tfprotov6.Diagnostic{
			{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "harmless"},
			{Severity: tfprotov6.DiagnosticSeverityError, Summary: "broken", Detail: "no type"},
		},
	}})
	if err == nil || err.Error() != "broken: no type" {
		t.Errorf("error: %v", err)
	}
}

// The real provider, as `make docs` uses it.
func TestRun(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	if err := run(t.Context(), &out, "example.com/a/immuta"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		`"example.com/a/immuta"`, `"resource_identity_schemas"`, `"list_resource_schemas"`, `"immuta_snowflake_data_source"`,
	} {
		if !strings.Contains(out.String(), key) {
			t.Errorf("the output lacks %s", key)
		}
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()

	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
