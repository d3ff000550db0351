// Package search holds the data sources that find Immuta's sources.
package search

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

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

// NewDataSource is the data source immuta_data_source.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[dataSourceModel]{
		Name:   "immuta_data_source",
		Schema: dataSourceSchema,
		Validators: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"), path.MatchRoot("sql_table_name")),
		},
		Attempted: func(m *dataSourceModel) string { return "Reading " + m.lookup().what },
		Read:      readDataSource,
	}.New()
}

type dataSourceModel struct {
	tf.ReadTimeout
	commonModel

	ID                     types.Int64          `tfsdk:"id"`
	Name                   types.String         `tfsdk:"name"`
	SQLTableName           types.String         `tfsdk:"sql_table_name"`
	Documentation          types.String         `tfsdk:"documentation"`
	Type                   types.String         `tfsdk:"type"`
	RowCount               types.Int64          `tfsdk:"row_count"`
	Expiration             types.String         `tfsdk:"expiration"`
	ColumnEvolutionEnabled types.Bool           `tfsdk:"column_evolution_enabled"`
	CreatedBy              types.Int64          `tfsdk:"created_by"`
	UpdatedAt              types.String         `tfsdk:"updated_at"`
	HandlerID              types.Int64          `tfsdk:"handler_id"`
	ConnectionString       types.String         `tfsdk:"connection_string"`
	HandlerMetadataJSON    jsontypes.Normalized `tfsdk:"handler_metadata_json"`
	PolicyHandlerJSON      jsontypes.Normalized `tfsdk:"policy_handler_json"`
	GlobalPoliciesJSON     jsontypes.Normalized `tfsdk:"global_policies_json"`
}

// commonModel is what a search returns of a source as well.
type commonModel struct {
	Deleted                types.Bool           `tfsdk:"deleted"`
	Description            types.String         `tfsdk:"description"`
	RecordFormat           types.String         `tfsdk:"record_format"`
	CreatedAt              types.String         `tfsdk:"created_at"`
	Status                 types.String         `tfsdk:"status"`
	Technology             types.String         `tfsdk:"technology"`
	SQLSchemaName          types.String         `tfsdk:"sql_schema_name"`
	SchemaEvolutionID      types.Int64          `tfsdk:"schema_evolution_id"`
	SubscriptionType       types.String         `tfsdk:"subscription_type"`
	SubscriptionPolicyJSON jsontypes.Normalized `tfsdk:"subscription_policy_json"`
	PolicyHandlerType      types.String         `tfsdk:"policy_handler_type"`
}

func dataSourceSchema() schema.Schema {
	key := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: true, Computed: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), tf.PathName()},
		}
	}
	return schema.Schema{
		MarkdownDescription: "Reads one data source of any technology, found by its `id`, its `name` or the name of its table in Immuta, with " +
			"its handler's metadata. Disabled data sources are found too.",
		Attributes: withCommon(map[string]schema.Attribute{
			"id": schema.Int64Attribute{
				MarkdownDescription: "Id of the data source. Exactly one of `id`, `name` and `sql_table_name` is given; the others are read.",
				Optional:            true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"name":                     key("Name of the data source."),
			"sql_table_name":           key("Name of the table in Immuta."),
			"documentation":            tf.TextAnswer("Longer documentation, in Markdown."),
			"type":                     tf.TextAnswer("`queryable` or `ingested`."),
			"row_count":                tf.NumberAnswer("Number of rows, as Immuta last counted them."),
			"expiration":               tf.TextAnswer("When the data source expires (RFC 3339); null if never."),
			"column_evolution_enabled": tf.BoolAnswer("Whether Immuta follows changes of the remote table's columns."),
			"created_by":               tf.NumberAnswer("Profile that registered the data source."),
			"updated_at":               tf.TextAnswer("When the data source was last changed (RFC 3339, UTC)."),
			"handler_id":               tf.NumberAnswer("Id of the data source's handler: the half of it that holds the connection."),
			"connection_string":        tf.TextAnswer("The connection as Immuta writes it, without secrets; null where the technology has none."),
			"handler_metadata_json":    tf.JSONAnswer("The handler's metadata: connection and remote table, never secrets."),
			"policy_handler_json":      tf.JSONAnswer("The data policies that are applied; null if there are none."),
			"global_policies_json":     tf.JSONAnswer("The global policies that apply; null if there are none."),
		}),
	}
}

// withCommon adds the attributes of [commonModel].
func withCommon(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(attributes, map[string]schema.Attribute{
		"deleted":         tf.BoolAnswer("Whether the data source is disabled: deleted softly, and restorable."),
		"description":     tf.TextAnswer("What the data source holds."),
		"record_format":   tf.TextAnswer("Format of the records, as Immuta returns it, such as `Not Provided`."),
		"created_at":      tf.TextAnswer("When the data source was registered (RFC 3339, UTC)."),
		"status":          tf.TextAnswer("Health of the data source, such as `passed` or `failed`, as Immuta last found it."),
		"technology":      tf.TextAnswer("Technology of the data source, in Immuta's words, such as `Snowflake`."),
		"sql_schema_name": tf.TextAnswer("Name of the schema in Immuta."),
		"schema_evolution_id": tf.NumberAnswer("Id of the schema monitoring record that the data source belongs to; null if there is " +
			"none."),
		"subscription_type":        tf.TextAnswer("How people get access: `automatic`, `approval`, `policy` or `manual`."),
		"subscription_policy_json": tf.JSONAnswer("The subscription policy; null if there is none."),
		"policy_handler_type":      tf.TextAnswer("Whether data policies are applied: `None` or `Builder`."),
	})
	return attributes
}

func readDataSource(ctx context.Context, r *tf.Reading, m *dataSourceModel) error {
	by := m.lookup()
	source, err := by.find(ctx, r.Client)
	if err != nil {
		return tf.Blame(by.attribute, err)
	}
	ref, ok := source.Handler()
	handler := &immuta.Handler{}
	if ok {
		if handler, err = r.Client.Handler(ctx, ref); err != nil {
			return fmt.Errorf("its handler: %w", err)
		}
	}
	return m.fromAPI(source, ref, handler)
}

// lookup is one way to find a source.
type lookup struct {
	attribute, what string
	find            func(context.Context, *immuta.Client) (*immuta.Source, error)
}

// lookup is by the one key that is configured.
func (m *dataSourceModel) lookup() lookup {
	id, name, table := m.ID.ValueInt64(), m.Name.ValueString(), m.SQLTableName.ValueString()
	switch {
	case !m.ID.IsNull():
		find := func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) { return c.Source(ctx, id) }
		return lookup{"id", fmt.Sprintf("data source %d", id), find}
	case !m.Name.IsNull():
		find := func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) { return c.SourceByName(ctx, name) }
		return lookup{"name", fmt.Sprintf("the data source named %q", name), find}
	default:
		find := func(ctx context.Context, c *immuta.Client) (*immuta.Source, error) {
			return c.SourceBySQLTable(ctx, table)
		}
		return lookup{"sql_table_name", fmt.Sprintf("the data source with the table %q", table), find}
	}
}

func (m *dataSourceModel) fromAPI(s *immuta.Source, ref immuta.HandlerRef, h *immuta.Handler) error {
	m.ID = types.Int64Value(int64(s.ID))
	m.Name = types.StringValue(string(s.Name))
	m.SQLTableName = types.StringValue(string(s.SQLTableName))
	m.SQLSchemaName = types.StringValue(string(s.SQLSchemaName))
	m.Description = tf.LenientText(s.Description)
	m.Documentation = tf.LenientText(s.Documentation)
	m.RecordFormat = tf.LenientText(s.RecordFormat)
	m.Type = tf.TextOrNull(string(s.Type))
	m.Status = tf.TextOrNull(string(s.Status))
	m.Deleted = types.BoolValue(bool(s.Deleted))
	m.RowCount = tf.LenientInt(s.RowCount)
	m.Expiration = tf.LenientText(s.Expiration)
	m.ColumnEvolutionEnabled = tf.LenientBool(s.ColumnEvolutionEnabled)
	m.SchemaEvolutionID = tf.LenientInt(s.SchemaEvolutionID)
	m.CreatedAt = tf.TextOrNull(string(s.CreatedAt))
	m.CreatedBy = types.Int64Value(int64(s.CreatedBy))
	m.UpdatedAt = tf.TextOrNull(string(s.UpdatedAt))
	m.Technology = tf.TextOrNull(string(s.Technology))
	m.ConnectionString = tf.LenientText(h.ConnectionString)
	m.PolicyHandlerType = tf.TextOrNull(string(s.PolicyHandlerType))
	m.PolicyHandlerJSON = tf.LenientJSON(s.PolicyHandler)
	m.SubscriptionType = tf.TextOrNull(string(s.SubscriptionType))
	m.SubscriptionPolicyJSON = tf.LenientJSON(s.SubscriptionPolicy)
	m.GlobalPoliciesJSON = tf.LenientJSON(s.GlobalPolicies)
	if h.Metadata != nil {
		metadata, err := json.Marshal(h.Metadata)
		if err != nil {
			return fmt.Errorf("writing the handler's metadata: %w", err)
		}
		m.HandlerID = types.Int64Value(ref.ID)
		m.HandlerMetadataJSON = jsontypes.NewNormalizedValue(string(metadata))
	}
	return nil
}
