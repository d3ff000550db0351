package handler

import (
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// How an attribute behaves when it is not configured, and whether drift in it is detected.
const (
	leftAlone       = " When it is not configured, or no longer, Immuta's value is kept and shown, never changed."
	driftIsDetected = " Drift is detected."
	driftMaybe      = " Drift is detected where the tenant returns the value; not all do."
)

func sqlAttributes(t Technology, server map[string]schema.Attribute) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"server": schema.SingleNestedAttribute{
			MarkdownDescription: "How Immuta reaches " + t.Title + ". Several sources can share one object: `server = local.server`. It may " +
				"change in place: the source keeps its members and policies. Drift is detected, except in secrets and files, which Immuta never " +
				"returns. Terraform drops keys that this object does not have, without a word.",
			Required:   true,
			Attributes: server,
		},
		"remote_schema": schema.StringAttribute{
			MarkdownDescription: "Schema of the remote table, spelled as in " + t.Title + ". Required unless `query` is set. Drift is detected; " +
				"a difference in case only is none.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"remote_table": schema.StringAttribute{
			MarkdownDescription: "Name of the remote table, spelled as in " + t.Title + ". Required unless `query` is set. Drift is detected; a " +
				"difference in case only is none.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"query": schema.StringAttribute{
			MarkdownDescription: "A query whose result the source stands for, instead of `remote_schema` and `remote_table`." + driftIsDetected,
			Optional:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"sql_schema_name": optionalComputedText("Name of the schema in Immuta. Default on create: `remote_schema` in lower case, or for a "+
			"query-backed source the server's `database`."+
			" Left alone afterwards unless it is configured."+driftIsDetected, stringvalidator.LengthBetween(1, 255)),
		"sql_table_name": optionalComputedText("Name of the table in Immuta. Default on create: `remote_table` in lower case, or for a "+
			"query-backed source `name` with underscores."+
			" Left alone afterwards unless it is configured."+driftIsDetected, stringvalidator.LengthBetween(1, 255)),
		"schema_project_name": optionalComputedText("Name of the project that collects the sources of the remote schema." +
			leftAlone + driftIsDetected),

		"organization": optionalComputedText("Organization that owns the source. `\"\"` clears it." + leftAlone + driftMaybe),
		"category":     optionalComputedText("Category of the source. `\"\"` clears it." + leftAlone + driftMaybe),
		"record_format": optionalComputedText("Format of the records, such as `json`, where that says anything. `\"\"` clears it." +
			leftAlone + driftIsDetected),
		"has_examples": optionalComputedBool("Whether the source contains examples." + leftAlone + driftMaybe),
		"private": optionalComputedBool("Whether the source is hidden from people who are not members. Immuta must confirm a " +
			"change, or the apply fails." + leftAlone + driftMaybe),
		"column_evolution_enabled": optionalComputedBool("Whether Immuta follows changes of the remote table's columns. Immuta must confirm a " +
			"change, or the apply fails." + leftAlone + driftMaybe),
		"expiration": schema.StringAttribute{
			MarkdownDescription: "When the source expires, as an RFC 3339 timestamp such as `2027-01-01T00:00:00Z`; `\"\"` for never. Immuta must " +
				"confirm a change, or the apply fails." + leftAlone + driftIsDetected,
			Optional:      true,
			Computed:      true,
			Validators:    []validator.String{tf.InstantOrNone()},
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), tf.KeepSameInstant()},
		},

		"stale_data_tolerance": schema.Int64Attribute{
			MarkdownDescription: "For how long, in seconds, Immuta may answer from what it knows of the remote table. `86400` (a day) is sent on " +
				"create." + leftAlone + driftIsDetected,
			Optional:      true,
			Computed:      true,
			Validators:    []validator.Int64{int64validator.AtLeast(0)},
			PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
		},
		"event_time_column": optionalComputedText("Column that holds the time of an event, for time-based policies." +
			leftAlone + driftIsDetected),
		"disable_sensitive_data_discovery": optionalComputedBool("Whether sensitive data discovery skips this source." +
			leftAlone + driftIsDetected),
		"columns": columnsAttribute(),
		"additional_metadata": schema.StringAttribute{
			MarkdownDescription: "Keys of the handler's metadata that this provider has no attribute for, as a JSON object: " +
				"`jsonencode({ key = value })`. Keys of other attributes are refused. Drift is detected in the configured keys; one that " +
				"leaves the configuration is removed from the handler. Kept in the state in plain text: no place for secrets.",
			CustomType: jsontypes.NormalizedType{},
			Optional:   true,
		},
		"schema_evolution": schemaEvolutionAttribute(),
		"allow_remote_change": schema.BoolAttribute{
			MarkdownDescription: "Whether `remote_schema`, `remote_table` and `query` of this source may change in place. Its members, tags and " +
				"policies then apply to the other data. Default: `false`: such a change is an error when planning.",
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(false),
		},

		"connection_string":       tf.KeptText("The connection as Immuta writes it: `user@host:port/database`, without secrets."),
		"high_cardinality_column": tf.KeptText("Column with the most distinct values, as Immuta's own job found it."),
		"created_at":              tf.KeptText("When the source was registered, by Immuta's clock (RFC 3339, UTC)."),
		"created_by":              tf.KeptNumber("Profile that registered the source."),
	}
}

func optionalComputedBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Computed:            true,
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}
