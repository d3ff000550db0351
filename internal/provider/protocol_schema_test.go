package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

const sourceType = "immuta_snowflake_data_source"

func source() attrs {
	return attrs{
		"name": "Orders", "remote_schema": "SALES", "remote_table": "ORDERS",
		"server": attrs{
			"hostname": "acme.snowflakecomputing.com", "database": "PROD", "warehouse": "IMMUTA_WH", "username": "IMMUTA", "password_wo": "s3cret",
		},
	}
}

// TestProtocolEverySchemaIsValidAndDescribed has the framework validate all schemas, as it does before it serves them.
func TestProtocolEverySchemaIsValidAndDescribed(t *testing.T) {
	t.Parallel()
	server := acctest.NewSerial(t).Protocol(nil).Server()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	acctest.Diagnostics(schemas.Diagnostics).WantNone(t)
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	acctest.Diagnostics(identities.Diagnostics).WantNone(t)
	actions := map[string]*tfprotov6.Schema{}
	for name, action := range schemas.ActionSchemas {
		actions[name] = action.Schema
	}
	for _, all := range []map[string]*tfprotov6.Schema{
		{"provider": schemas.Provider}, schemas.ResourceSchemas, schemas.DataSourceSchemas, schemas.EphemeralResourceSchemas,
		schemas.ListResourceSchemas, actions,
	} {
		for name, schema := range all {
			if schema.Block.Description == "" && name != "provider" {
				t.Errorf("%s has no description", name)
			}
			described(t, name, schema.Block.Attributes)
		}
	}
}

func described(t *testing.T, where string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		at := where + "." + attribute.Name
		if attribute.Description == "" {
			t.Errorf("%s has no description", at)
		}
		if attribute.NestedType != nil {
			described(t, at, attribute.NestedType.Attributes)
		}
	}
}

// TestProtocolEveryModelFitsItsSchema decodes a value of every type: a mismatch is an error of conversion, before anything is asked.
func TestProtocolEveryModelFitsItsSchema(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	server := env.Protocol(attrs{"max_retries": 0}).Server()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	fits := func(name string, diags acctest.Diagnostics, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(diags.Errors(), "\n"); strings.Contains(text, "Conversion Error") {
			t.Errorf("%s: %s", name, text)
		}
	}
	for name, schema := range schemas.ResourceSchemas {
		resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: nothing(t, schema)})
		fits("resource "+name, resp.Diagnostics, err)
	}
	for name, schema := range schemas.DataSourceSchemas {
		resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: nothing(t, schema)})
		fits("data source "+name, resp.Diagnostics, err)
	}
}

// nothing is an object in which every attribute is null.
func nothing(t *testing.T, schema *tfprotov6.Schema) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, typ := range object.AttributeTypes {
		values[name] = tftypes.NewValue(typ, nil)
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}
