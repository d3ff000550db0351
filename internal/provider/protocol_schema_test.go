package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	immutaprovider "github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

const sourceType = "immuta_snowflake_data_source"

func source() block {
	return block{
		"name": "Orders", "remote_schema": "SALES", "remote_table": "ORDERS",
		"server": block{
			"hostname": "acme.snowflakecomputing.com", "database": "PROD", "warehouse": "IMMUTA_WH", "username": "IMMUTA", "password_wo": "s3cret",
		},
	}
}

func TestProtocolEverySchemaIsValidAndDescribed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := immutaprovider.New("test")
	var own provider.SchemaResponse
	p.Schema(ctx, provider.SchemaRequest{}, &own)
	if diags := own.Schema.ValidateImplementation(ctx); diags.HasError() {
		t.Error(diags)
	}
	for _, construct := range p.Resources(ctx) {
		r := construct()
		var name resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "immuta"}, &name)
		t.Run("resource "+name.TypeName, func(t *testing.T) {
			t.Parallel()
			var got resource.SchemaResponse
			r.Schema(ctx, resource.SchemaRequest{}, &got)
			if diags := got.Schema.ValidateImplementation(ctx); diags.HasError() {
				t.Error(diags)
			}
			described(t, got.Schema.MarkdownDescription, name.TypeName)
			eachResourceAttribute(t, "", got.Schema.Attributes)
			identified, ok := r.(resource.ResourceWithIdentity)
			if !ok {
				return
			}
			var identity resource.IdentitySchemaResponse
			identified.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
			if diags := identity.IdentitySchema.ValidateImplementation(ctx); diags.HasError() {
				t.Error(diags)
			}
		})
	}
	for _, construct := range p.DataSources(ctx) {
		d := construct()
		var name datasource.MetadataResponse
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "immuta"}, &name)
		t.Run("data source "+name.TypeName, func(t *testing.T) {
			t.Parallel()
			var got datasource.SchemaResponse
			d.Schema(ctx, datasource.SchemaRequest{}, &got)
			if diags := got.Schema.ValidateImplementation(ctx); diags.HasError() {
				t.Error(diags)
			}
			described(t, got.Schema.MarkdownDescription, name.TypeName)
			for at, attribute := range got.Schema.Attributes {
				if at != "timeouts" { // It is a library's.
					described(t, attribute.GetMarkdownDescription(), at)
				}
				if nested, ok := attribute.(dataschema.NestedAttribute); ok {
					for inner, attribute := range nested.GetNestedObject().GetAttributes() {
						described(t, attribute.GetMarkdownDescription()+attribute.GetDescription(), at+"."+inner)
					}
				}
			}
		})
	}
}

func eachResourceAttribute(t *testing.T, prefix string, attributes map[string]schema.Attribute) {
	t.Helper()
	for name, attribute := range attributes {
		if name != "timeouts" { // It is a library's.
			described(t, attribute.GetMarkdownDescription(), prefix+name)
		}
		if nested, ok := attribute.(schema.NestedAttribute); ok {
			for inner, attribute := range nested.GetNestedObject().GetAttributes() {
				described(t, attribute.GetMarkdownDescription()+attribute.GetDescription(), prefix+name+"."+inner)
			}
		}
	}
}

func described(t *testing.T, text, what string) {
	t.Helper()
	if text == "" {
		t.Errorf("%s has no description", what)
	}
}

// TestProtocolEveryModelFitsItsSchema decodes a value of every type: a mismatch is an error of conversion, before anything is asked.
func TestProtocolEveryModelFitsItsSchema(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	server := env.Protocol(block{"max_retries": 0}).Server()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	fits := func(t *testing.T, diags acctest.Diagnostics, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range diags.Errors() {
			if strings.Contains(text, "Conversion Error") {
				t.Error(text)
			}
		}
	}
	for name, schema := range schemas.ResourceSchemas {
		t.Run("resource "+name, func(t *testing.T) {
			resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: nothing(t, schema)})
			fits(t, resp.Diagnostics, err)
		})
	}
	for name, schema := range schemas.DataSourceSchemas {
		t.Run("data source "+name, func(t *testing.T) {
			resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: nothing(t, schema)})
			fits(t, resp.Diagnostics, err)
		})
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
