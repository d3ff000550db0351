package search

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSources is the data source immuta_data_sources.
func NewDataSources() datasource.DataSource {
	return tf.DataSource[dataSourcesModel]{
		Name:   "immuta_data_sources",
		Schema: dataSourcesSchema,
		Validators: []datasource.ConfigValidator{
			datasourcevalidator.Conflicting(path.MatchRoot("id_only"), path.MatchRoot("select_fields")),
		},
		Attempted: func(*dataSourcesModel) string { return "Searching the data sources" },
		Read:      readDataSources,
	}.New()
}

// The modes of a search, as the reference names and counts them.
const (
	modeFull   = "full" // in which it answers sources
	modeCount  = "count"
	modeTag    = "tag"
	modeMinMax = "min_max"
	modeStatus = "status"
)

var modeNumbers = map[string]int64{modeFull: 0, modeCount: 1, modeTag: 4, modeMinMax: 5, modeStatus: 6}

type dataSourcesModel struct {
	tf.ReadTimeout

	Technology       []string             `tfsdk:"technology"`
	Subscription     []string             `tfsdk:"subscription"`
	Status           []string             `tfsdk:"status"`
	Tag              []string             `tfsdk:"tag"`
	SearchText       types.String         `tfsdk:"search_text"`
	Column           []string             `tfsdk:"column"`
	ConnectionString []string             `tfsdk:"connection_string"`
	Schema           types.String         `tfsdk:"schema"`
	NameOnly         types.Bool           `tfsdk:"name_only"`
	IDOnly           types.Bool           `tfsdk:"id_only"`
	DataSourceIDs    []int64              `tfsdk:"data_source_ids"`
	SelectFields     []string             `tfsdk:"select_fields"`
	SortField        types.String         `tfsdk:"sort_field"`
	SortOrder        types.String         `tfsdk:"sort_order"`
	ExcludedProjects []int64              `tfsdk:"excluded_projects"`
	Ephemeral        types.Bool           `tfsdk:"ephemeral"`
	ClusterName      types.String         `tfsdk:"cluster_name"`
	Mode             types.String         `tfsdk:"mode"`
	GlobalPolicy     types.String         `tfsdk:"global_policy"`
	Hostname         types.String         `tfsdk:"hostname"`
	MaxResults       types.Int64          `tfsdk:"max_results"`
	Total            types.Int64          `tfsdk:"total"`
	DataSources      []foundModel         `tfsdk:"data_sources"`
	AnswerJSON       jsontypes.Normalized `tfsdk:"answer_json"`
}

// foundModel is one source that was found. Attributes that were not asked for are null.
type foundModel struct {
	commonModel
	ID                     types.Int64          `tfsdk:"id"`
	Name                   types.String         `tfsdk:"name"`
	RecordCount            types.Int64          `tfsdk:"record_count"`
	ConnectionString       types.String         `tfsdk:"connection_string"`
	RemoteSchema           types.String         `tfsdk:"remote_schema"`
	RemoteTable            types.String         `tfsdk:"remote_table"`
	ColumnEvolutionEnabled types.Bool           `tfsdk:"column_evolution_enabled"`
	SubscriptionStatus     types.String         `tfsdk:"subscription_status"`
	Policy                 types.String         `tfsdk:"policy"`
	DomainID               types.String         `tfsdk:"domain_id"`
	DomainName             types.String         `tfsdk:"domain_name"`
	NativeJSON             jsontypes.Normalized `tfsdk:"native_json"`
	WorkspaceJSON          jsontypes.Normalized `tfsdk:"workspace_json"`
}

func dataSourcesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Searches the tenant for data sources. All filters that are given have to fit; where one takes several values, " +
			"one of them has to. The result is read page by page, 200 data sources a request.\n\n" +
			"Disabled data sources are found too, if the API key's user may see them: look at `deleted`. Tags and data policies are not part of a " +
			"search.",
		Attributes: map[string]schema.Attribute{
			"search_text": tf.TextArgument("Text to look for in names and, unless `name_only` is set, elsewhere."),
			"name_only":   tf.BoolArgument("Whether `search_text` is looked for in names only. Immuta's default: `false`."),
			"technology":  tf.TextsArgument("Technologies, such as `Snowflake` or `Native S3`; upper and lower case are the same."),
			"subscription": tf.WordsArgument("What the API key's user is to the data source: `owner`, `subscribed`, `expert`, `ingest`, `pending` "+
				"or `not_subscribed`.",
				"pending", "owner", "subscribed", "not_subscribed", "expert", "ingest"),
			"status":            tf.WordsArgument("Health: `passed` or `failed`.", "passed", "failed"),
			"tag":               tf.TextsArgument("Full names of tags on the data source, such as `Team.Finance`."),
			"column":            tf.TextsArgument("Names of columns."),
			"connection_string": tf.TextsArgument("Connections as Immuta writes them: `user@hostname:port/database`."),
			"schema":            tf.TextArgument("Name of the schema."),
			"hostname":          tf.TextArgument("Host name of the remote platform."),
			"data_source_ids":   tf.IDsArgument("Ids of data sources."),
			"excluded_projects": tf.IDsArgument("Ids of projects whose data sources are left out."),
			"global_policy":     tf.TextArgument("Name of a global policy that applies to the data source."),
			"ephemeral":         tf.BoolArgument("Whether to find ephemeral data sources."),
			"cluster_name":      tf.TextArgument("Name of the remote cluster that the data source is connected to."),
			"sort_field": tf.WordArgument("What to sort by: `createdAt`, `name`, `blobHandlerType`, `subscriptionStatus`, `recordCount`, "+
				"`status`, `policy` or `editable`.",
				"createdAt", "name", "blobHandlerType", "subscriptionStatus", "recordCount", "status", "policy", "editable"),
			"sort_order": tf.SortOrderArgument(),
			"id_only": tf.BoolArgument("Whether to read nothing but ids and subscription status: a much smaller answer. Everything else is " +
				"null then."),
			"select_fields": tf.WordsArgument("Which fields to read: `id`, `name`, `columnEvolutionEnabled` (with policies and workspaces). "+
				"Everything else but the subscription status is null then.",
				"id", "name", "columnEvolutionEnabled"),
			"mode": tf.WordArgument("What to return: `full` the data sources, `count` only how many (`total`), `tag` their tags, `min_max` minima "+
				"and maxima, `status` their status. What Immuta returns in other modes than `full` is not documented: it is in `answer_json` as it "+
				"came, and as far as it can be understood in `total` and `data_sources`. Default: `full`.",
				modeFull, modeCount, modeTag, modeMinMax, modeStatus),
			"max_results":  tf.MaxResultsArgument(),
			"total":        tf.TotalAnswer("How many data sources fit; null if the tenant does not say."),
			"answer_json":  tf.JSONAnswer("The whole answer in other modes than `full`; null otherwise."),
			"data_sources": tf.ListAnswer("The data sources, in the order that was asked for; null in a mode that returns none.", foundAnswers()),
		},
	}
}

func foundAnswers() map[string]schema.Attribute {
	return withCommon(map[string]schema.Attribute{
		"id":                       tf.NumberAnswer("Id of the data source."),
		"name":                     tf.TextAnswer("Name of the data source."),
		"record_count":             tf.NumberAnswer("Number of records, as Immuta last counted them."),
		"connection_string":        tf.TextAnswer("The connection as Immuta writes it, without secrets."),
		"remote_schema":            tf.TextAnswer("Schema in the remote platform; null on older tenants."),
		"remote_table":             tf.TextAnswer("Table in the remote platform; null on older tenants and for queries."),
		"column_evolution_enabled": tf.BoolAnswer("Whether Immuta follows changes of the remote table's columns; null unless it is selected."),
		"subscription_status":      tf.TextAnswer("What the API key's user is to the data source, such as `owner` or `not_subscribed`."),
		"policy":                   tf.TextAnswer("Whether data policies apply: `None`, or whether they conflict."),
		"domain_id":                tf.TextAnswer("Id of the domain; null if there is none or the tenant does not say."),
		"domain_name":              tf.TextAnswer("Name of the domain; null if there is none or the tenant does not say."),
		"native_json":              tf.JSONAnswer("What the remote platform has of the data source; null if nothing."),
		"workspace_json":           tf.JSONAnswer("The workspace of the data source; null if there is none."),
	})
}

func readDataSources(ctx context.Context, r *tf.Reading, m *dataSourcesModel) error {
	if mode := cmp.Or(m.Mode.ValueString(), modeFull); mode != modeFull {
		answer, err := r.Client.AggregateSources(ctx, m.search(r.Provider), modeNumbers[mode], m.MaxResults.ValueInt64())
		if err != nil {
			return err
		}
		m.Total, m.AnswerJSON = tf.LenientInt(answer.Total), jsontypes.NewNormalizedValue(string(answer.JSON))
		if len(answer.Rows) > 0 {
			m.DataSources = tf.Each(answer.Rows, foundFromAPI)
		}
		return nil
	}
	found, err := r.Client.FindSources(ctx, m.search(r.Provider), m.MaxResults.ValueInt64())
	m.DataSources, m.Total = tf.Each(found.Items, foundFromAPI), tf.Total(found)
	r.WarnUnsettled(found.Unsettled)
	return err
}

func (m *dataSourcesModel) search(p *tf.Provider) immuta.Search {
	return immuta.Search{
		Text:              m.SearchText.ValueString(),
		NameOnly:          m.NameOnly.ValueBoolPointer(),
		Schema:            m.Schema.ValueString(),
		Hostname:          m.Hostname.ValueString(),
		ClusterName:       m.ClusterName.ValueString(),
		GlobalPolicy:      m.GlobalPolicy.ValueString(),
		Technologies:      inImmutasSpelling(p, m.Technology),
		Subscriptions:     m.Subscription,
		Statuses:          m.Status,
		Tags:              m.Tag,
		Columns:           m.Column,
		ConnectionStrings: m.ConnectionString,
		DataSourceIDs:     m.DataSourceIDs,
		ExcludedProjects:  m.ExcludedProjects,
		Ephemeral:         m.Ephemeral.ValueBoolPointer(),
		IDOnly:            m.IDOnly.ValueBoolPointer(),
		SelectFields:      m.SelectFields,
		SortField:         m.SortField.ValueString(),
		SortOrder:         m.SortOrder.ValueString(),
	}
}

func foundFromAPI(row immuta.SourceRow) foundModel {
	return foundModel{
		commonModel: commonModel{
			Deleted:                tf.LenientBool(row.Deleted),
			Description:            tf.LenientText(row.Description),
			RecordFormat:           tf.LenientText(row.RecordFormat),
			CreatedAt:              tf.LenientText(row.CreatedAt),
			Status:                 tf.LenientText(row.Status),
			Technology:             tf.TextOrNull(string(row.Technology)),
			SQLSchemaName:          tf.LenientText(row.SQLSchemaName),
			SchemaEvolutionID:      tf.LenientInt(row.SchemaEvolutionID),
			SubscriptionType:       tf.LenientText(row.SubscriptionType),
			SubscriptionPolicyJSON: tf.LenientJSON(row.SubscriptionPolicy),
			PolicyHandlerType:      tf.LenientText(row.PolicyHandlerType),
		},
		ID:                     tf.IntOrNull(row.ID),
		Name:                   tf.TextOrNull(string(row.Name)),
		RecordCount:            tf.LenientInt(row.RecordCount),
		ConnectionString:       tf.LenientText(row.ConnectionString),
		RemoteSchema:           tf.LenientText(row.RemoteSchema),
		RemoteTable:            tf.LenientText(row.RemoteTable),
		ColumnEvolutionEnabled: tf.LenientBool(row.ColumnEvolutionEnabled),
		SubscriptionStatus:     tf.LenientText(row.SubscriptionStatus),
		Policy:                 tf.LenientText(row.Policy),
		DomainID:               tf.LenientText(row.DomainID),
		DomainName:             tf.LenientText(row.DomainName),
		NativeJSON:             tf.LenientJSON(row.Native),
		WorkspaceJSON:          tf.LenientJSON(row.Workspace),
	}
}
