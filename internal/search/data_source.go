// Package search holds the data sources that find Immuta's sources.
package search

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource)(nil)
)

// NewDataSource is the data source immuta_data_source.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ provider *tf.Provider }

type dataSourceModel struct {
	ID                     types.Int64          `tfsdk:"id"`
	Name                   types.String         `tfsdk:"name"`
	SQLTableName           types.String         `tfsdk:"sql_table_name"`
	SQLSchemaName          types.String         `tfsdk:"sql_schema_name"`
	Description            types.String         `tfsdk:"description"`
	Documentation          types.String         `tfsdk:"documentation"`
	RecordFormat           types.String         `tfsdk:"record_format"`
	Type                   types.String         `tfsdk:"type"`
	Status                 types.String         `tfsdk:"status"`
	Deleted                types.Bool           `tfsdk:"deleted"`
	RowCount               types.Int64          `tfsdk:"row_count"`
	Expiration             types.String         `tfsdk:"expiration"`
	ColumnEvolutionEnabled types.Bool           `tfsdk:"column_evolution_enabled"`
	SchemaEvolutionID      types.Int64          `tfsdk:"schema_evolution_id"`
	CreatedAt              types.String         `tfsdk:"created_at"`
	CreatedBy              types.Int64          `tfsdk:"created_by"`
	UpdatedAt              types.String         `tfsdk:"updated_at"`
	BlobHandlerType        types.String         `tfsdk:"blob_handler_type"`
	HandlerID              types.Int64          `tfsdk:"handler_id"`
	ConnectionString       types.String         `tfsdk:"connection_string"`
	HandlerMetadataJSON    jsontypes.Normalized `tfsdk:"handler_metadata_json"`
	PolicyHandlerType      types.String         `tfsdk:"policy_handler_type"`
	PolicyHandlerJSON      jsontypes.Normalized `tfsdk:"policy_handler_json"`
	SubscriptionType       types.String         `tfsdk:"subscription_type"`
	SubscriptionPolicyJSON jsontypes.Normalized `tfsdk:"subscription_policy_json"`
	GlobalPoliciesJSON     jsontypes.Normalized `tfsdk:"global_policies_json"`
}

func (d *dataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "immuta_data_source"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	boolean := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	jsonText := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description + " As JSON: read it with `jsondecode`.", CustomType: jsontypes.NormalizedType{}, Computed: true}
	}
	key := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: true, Computed: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one data source of any technology, found by its `id`, its `name` or the name of its table in Immuta, with its handler's metadata. " +
			"Disabled data sources are found too.",
		Attributes: map[string]schema.Attribute{
			"id": schema.Int64Attribute{
				MarkdownDescription: "Id of the data source. Exactly one of `id`, `name` and `sql_table_name` is given; the others are read.",
				Optional:            true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"name":                     key("Name of the data source."),
			"sql_table_name":           key("Name of the table in Immuta."),
			"sql_schema_name":          text("Name of the schema in Immuta."),
			"description":              text("What the data source holds."),
			"documentation":            text("Longer documentation, in Markdown."),
			"record_format":            text("Format of the records, as Immuta answers it, such as `Not Provided`."),
			"type":                     text("`queryable` or `ingested`."),
			"status":                   text("Health of the data source, such as `passed` or `failed`, as Immuta last found it."),
			"deleted":                  boolean("Whether the data source is disabled: deleted softly, and restorable."),
			"row_count":                number("Number of rows, as Immuta last counted them."),
			"expiration":               text("When the data source expires (RFC 3339); null if never."),
			"column_evolution_enabled": boolean("Whether Immuta follows changes of the remote table's columns."),
			"schema_evolution_id":      number("Id of the schema monitoring record that the data source belongs to; null if there is none."),
			"created_at":               text("When the data source was registered (RFC 3339, UTC)."),
			"created_by":               number("Profile that registered the data source."),
			"updated_at":               text("When the data source was last changed (RFC 3339, UTC)."),
			"blob_handler_type":        text("Technology of the data source, in Immuta's words, such as `Snowflake`."),
			"handler_id":               number("Id of the data source's handler: the half of it that holds the connection."),
			"connection_string":        text("The connection as Immuta writes it, without secrets; null where the technology has none."),
			"handler_metadata_json":    jsonText("The handler's metadata: connection and remote table, never secrets."),
			"policy_handler_type":      text("Whether data policies are applied: `None` or `Builder`."),
			"policy_handler_json":      jsonText("The data policies that are applied; null if there are none."),
			"subscription_type":        text("How people get access: `automatic`, `approval`, `policy` or `manual`."),
			"subscription_policy_json": jsonText("The subscription policy; null if there is none."),
			"global_policies_json":     jsonText("The global policies that apply; null if there are none."),
		},
	}
}

func (d *dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"), path.MatchRoot("sql_table_name")),
	}
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config dataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	at, attempted, find := config.lookup()
	client := d.provider.Known(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DataSourceTimeout)
	defer cancel()
	source, err := find(ctx, client)
	if immuta.IsNotFound(err) {
		resp.Diagnostics.AddAttributeError(at, "No such data source",
			fmt.Sprintf("%s failed: %v.\n\nCheck the spelling. The API key's user sees only data sources that are public, its own, or open to it.", attempted, err))
		return
	}
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	ref, ok := source.Handler()
	handler := &immuta.Handler{}
	if ok {
		if handler, err = client.Handler(ctx, ref, d.provider.Technologies[string(source.Technology)].CachedReads); err != nil {
			tf.AddError(&resp.Diagnostics, attempted+": its handler", err, nil)
			return
		}
	}
	m, err := dataSourceFromAPI(source, ref, handler)
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// lookup chooses how to find the source: by the one key that is configured.
func (m dataSourceModel) lookup() (path.Path, string, func(context.Context, *immuta.Client) (*immuta.Source, error)) {
	switch {
	case !m.ID.IsNull():
		return path.Root("id"), fmt.Sprintf("Reading data source %d", m.ID.ValueInt64()), func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) {
			return c.Source(ctx, m.ID.ValueInt64())
		}
	case !m.Name.IsNull():
		return path.Root("name"), fmt.Sprintf("Reading the data source named %q", m.Name.ValueString()), func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) {
			return c.SourceByName(ctx, m.Name.ValueString())
		}
	default:
		return path.Root("sql_table_name"), fmt.Sprintf("Reading the data source with the table %q", m.SQLTableName.ValueString()), func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) {
			return c.SourceBySQLTable(ctx, m.SQLTableName.ValueString())
		}
	}
}

func dataSourceFromAPI(s *immuta.Source, ref immuta.HandlerRef, h *immuta.Handler) (dataSourceModel, error) {
	m := dataSourceModel{
		ID:                     types.Int64Value(int64(s.ID)),
		Name:                   types.StringValue(string(s.Name)),
		SQLTableName:           types.StringValue(string(s.SQLTableName)),
		SQLSchemaName:          types.StringValue(string(s.SQLSchemaName)),
		Description:            tf.LenientText(s.Description),
		Documentation:          tf.LenientText(s.Documentation),
		RecordFormat:           tf.LenientText(s.RecordFormat),
		Type:                   tf.TextOrNull(string(s.Type)),
		Status:                 tf.TextOrNull(string(s.Status)),
		Deleted:                types.BoolValue(bool(s.Deleted)),
		RowCount:               tf.LenientInt(s.RowCount),
		Expiration:             tf.LenientText(s.Expiration),
		ColumnEvolutionEnabled: tf.LenientBool(s.ColumnEvolutionEnabled),
		SchemaEvolutionID:      tf.LenientInt(s.SchemaEvolutionID),
		CreatedAt:              tf.TextOrNull(string(s.CreatedAt)),
		CreatedBy:              types.Int64Value(int64(s.CreatedBy)),
		UpdatedAt:              tf.TextOrNull(string(s.UpdatedAt)),
		BlobHandlerType:        tf.TextOrNull(string(s.Technology)),
		ConnectionString:       tf.LenientText(h.ConnectionString),
		PolicyHandlerType:      tf.TextOrNull(string(s.PolicyHandlerType)),
		PolicyHandlerJSON:      rawJSON(s.PolicyHandler),
		SubscriptionType:       tf.TextOrNull(string(s.SubscriptionType)),
		SubscriptionPolicyJSON: rawJSON(s.SubscriptionPolicy),
		GlobalPoliciesJSON:     rawJSON(s.GlobalPolicies),
	}
	if h.Metadata != nil {
		metadata, err := json.Marshal(h.Metadata)
		if err != nil {
			return m, fmt.Errorf("writing the handler's metadata: %w", err)
		}
		m.HandlerID = types.Int64Value(ref.ID)
		m.HandlerMetadataJSON = jsontypes.NewNormalizedValue(string(metadata))
	}
	return m, nil
}

func rawJSON(l immuta.Lenient[json.RawMessage]) jsontypes.Normalized {
	if l.Value == nil {
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(string(*l.Value))
}
