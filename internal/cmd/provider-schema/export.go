package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The types below mirror Terraform's documented output format, key by key.

type providerSchema struct {
	Provider           schema                    `json:"provider"`
	Resources          map[string]schema         `json:"resource_schemas,omitempty"`
	DataSources        map[string]schema         `json:"data_source_schemas,omitempty"`
	EphemeralResources map[string]schema         `json:"ephemeral_resource_schemas,omitempty"`
	ListResources      map[string]schema         `json:"list_resource_schemas,omitempty"`
	Actions            map[string]schema         `json:"action_schemas,omitempty"`
	Functions          map[string]function       `json:"functions,omitempty"`
	Identities         map[string]identitySchema `json:"resource_identity_schemas,omitempty"`
}

type schema struct {
	Version int64 `json:"version"`
	Block   block `json:"block"`
}

type block struct {
	Attributes         map[string]attribute   `json:"attributes,omitempty"`
	BlockTypes         map[string]nestedBlock `json:"block_types,omitempty"`
	Description        string                 `json:"description,omitempty"`
	DescriptionKind    string                 `json:"description_kind,omitempty"`
	Deprecated         bool                   `json:"deprecated,omitempty"`
	DeprecationMessage string                 `json:"deprecation_message,omitempty"`
}

type nestedBlock struct {
	NestingMode string `json:"nesting_mode"`
	Block       block  `json:"block"`
	MinItems    int64  `json:"min_items,omitempty"`
	MaxItems    int64  `json:"max_items,omitempty"`
}

type attribute struct {
	Type               json.RawMessage `json:"type,omitempty"`
	NestedType         *nestedType     `json:"nested_type,omitempty"`
	Description        string          `json:"description,omitempty"`
	DescriptionKind    string          `json:"description_kind,omitempty"`
	Deprecated         bool            `json:"deprecated,omitempty"`
	DeprecationMessage string          `json:"deprecation_message,omitempty"`
	Required           bool            `json:"required,omitempty"`
	Optional           bool            `json:"optional,omitempty"`
	Computed           bool            `json:"computed,omitempty"`
	Sensitive          bool            `json:"sensitive,omitempty"`
	WriteOnly          bool            `json:"write_only,omitempty"`
}

type nestedType struct {
	Attributes  map[string]attribute `json:"attributes,omitempty"`
	NestingMode string               `json:"nesting_mode"`
}

type identitySchema struct {
	Version    int64                        `json:"version"`
	Attributes map[string]identityAttribute `json:"attributes,omitempty"`
}

type identityAttribute struct {
	Type              json.RawMessage `json:"type"`
	Description       string          `json:"description,omitempty"`
	RequiredForImport bool            `json:"required_for_import,omitempty"`
	OptionalForImport bool            `json:"optional_for_import,omitempty"`
}

type function struct {
	Description        string          `json:"description,omitempty"`
	Summary            string          `json:"summary,omitempty"`
	DeprecationMessage string          `json:"deprecation_message,omitempty"`
	ReturnType         json.RawMessage `json:"return_type"`
	Parameters         []parameter     `json:"parameters,omitempty"`
	VariadicParameter  *parameter      `json:"variadic_parameter,omitempty"`
}

type parameter struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	IsNullable  bool            `json:"is_nullable,omitempty"`
	Type        json.RawMessage `json:"type"`
}

// export asks the server for everything it serves.
func export(ctx context.Context, server tfprotov6.ProviderServer) (providerSchema, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return providerSchema{}, err
	}
	if err := firstError(answer.Diagnostics); err != nil {
		return providerSchema{}, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return providerSchema{}, err
	}
	if err := firstError(identities.Diagnostics); err != nil {
		return providerSchema{}, err
	}

	return providerSchema{
		Provider:           fromSchema(answer.Provider),
		Resources:          mapValues(answer.ResourceSchemas, fromSchema),
		DataSources:        mapValues(answer.DataSourceSchemas, fromSchema),
		EphemeralResources: mapValues(answer.EphemeralResourceSchemas, fromSchema),
		ListResources:      mapValues(answer.ListResourceSchemas, fromSchema),
		Actions: mapValues(answer.ActionSchemas, func(a *tfprotov6.ActionSchema) schema {
			return fromSchema(a.Schema)
		}),
		Functions:  mapValues(answer.Functions, fromFunction),
		Identities: mapValues(identities.IdentitySchemas, fromIdentity),
	}, nil
}

func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return nil
}

func mapValues[A, B any](in map[string]A, convert func(A) B) map[string]B {
	out := make(map[string]B, len(in))
	for name, value := range in {
		out[name] = convert(value)
	}
	return out
}

func fromSchema(s *tfprotov6.Schema) schema {
	return schema{Version: s.Version, Block: fromBlock(s.Block)}
}

func fromBlock(b *tfprotov6.SchemaBlock) block {
	out := block{
		Attributes:         fromAttributes(b.Attributes),
		BlockTypes:         make(map[string]nestedBlock, len(b.BlockTypes)),
		Description:        b.Description,
		DescriptionKind:    descriptionKind(b.DescriptionKind),
		Deprecated:         b.Deprecated,
		DeprecationMessage: b.DeprecationMessage,
	}
	for _, n := range b.BlockTypes {
		out.BlockTypes[n.TypeName] = nestedBlock{
			NestingMode: strings.ToLower(n.Nesting.String()),
			Block:       fromBlock(n.Block),
			MinItems:    n.MinItems,
			MaxItems:    n.MaxItems,
		}
	}
	return out
}

func fromAttributes(attributes []*tfprotov6.SchemaAttribute) map[string]attribute {
	out := make(map[string]attribute, len(attributes))
	for _, a := range attributes {
		converted := attribute{
			Description:        a.Description,
			DescriptionKind:    descriptionKind(a.DescriptionKind),
			Deprecated:         a.Deprecated,
			DeprecationMessage: a.DeprecationMessage,
			Required:           a.Required,
			Optional:           a.Optional,
			Computed:           a.Computed,
			Sensitive:          a.Sensitive,
			WriteOnly:          a.WriteOnly,
		}
		if a.NestedType != nil {
			converted.NestedType = &nestedType{
				Attributes:  fromAttributes(a.NestedType.Attributes),
				NestingMode: strings.ToLower(a.NestedType.Nesting.String()),
			}
		} else {
			converted.Type = typeJSON(a.Type)
		}
		out[a.Name] = converted
	}
	return out
}

func fromIdentity(s *tfprotov6.ResourceIdentitySchema) identitySchema {
	out := identitySchema{Version: s.Version, Attributes: make(map[string]identityAttribute, len(s.IdentityAttributes))}
	for _, a := range s.IdentityAttributes {
		out.Attributes[a.Name] = identityAttribute{
			Type:              typeJSON(a.Type),
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return out
}

func fromFunction(f *tfprotov6.Function) function {
	out := function{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
		ReturnType:         typeJSON(f.Return.Type),
	}
	for _, p := range f.Parameters {
		out.Parameters = append(out.Parameters, fromParameter(p))
	}
	if f.VariadicParameter != nil {
		variadic := fromParameter(f.VariadicParameter)
		out.VariadicParameter = &variadic
	}
	return out
}

func fromParameter(p *tfprotov6.FunctionParameter) parameter {
	return parameter{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: typeJSON(p.Type)}
}

func descriptionKind(kind tfprotov6.StringKind) string {
	if kind == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}

// typeJSON panics on a type that has no JSON form: none of tftypes' own types can cause that.
func typeJSON(t tftypes.Type) json.RawMessage {
	raw, err := json.Marshal(t)
	if err != nil {
		panic(fmt.Sprintf("type %s: %s", t, err))
	}
	return raw
}
