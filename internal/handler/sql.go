package handler

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// SQL is the part of the model that every technology with a SQL server has.
type SQL struct {
	Common

	Server       types.Object `tfsdk:"server"`
	RemoteSchema types.String `tfsdk:"remote_schema"`
	RemoteTable  types.String `tfsdk:"remote_table"`
	Query        types.String `tfsdk:"query"`

	SQLSchemaName     types.String `tfsdk:"sql_schema_name"`
	SQLTableName      types.String `tfsdk:"sql_table_name"`
	SchemaProjectName types.String `tfsdk:"schema_project_name"`

	Organization           types.String `tfsdk:"organization"`
	Category               types.String `tfsdk:"category"`
	HasExamples            types.Bool   `tfsdk:"has_examples"`
	Private                types.Bool   `tfsdk:"private"`
	RecordFormat           types.String `tfsdk:"record_format"`
	Expiration             types.String `tfsdk:"expiration"`
	ColumnEvolutionEnabled types.Bool   `tfsdk:"column_evolution_enabled"`

	StaleDataTolerance            types.Int64          `tfsdk:"stale_data_tolerance"`
	EventTimeColumn               types.String         `tfsdk:"event_time_column"`
	DisableSensitiveDataDiscovery types.Bool           `tfsdk:"disable_sensitive_data_discovery"`
	Columns                       types.List           `tfsdk:"columns"`
	AdditionalMetadata            jsontypes.Normalized `tfsdk:"additional_metadata"`
	SchemaEvolution               types.Object         `tfsdk:"schema_evolution"`
	AllowRemoteChange             types.Bool           `tfsdk:"allow_remote_change"`

	ConnectionString      types.String `tfsdk:"connection_string"`
	HighCardinalityColumn types.String `tfsdk:"high_cardinality_column"`
	CreatedAt             types.String `tfsdk:"created_at"`
	CreatedBy             types.Int64  `tfsdk:"created_by"`
}

// SQLTechnology describes a technology with a SQL server, whose model is M.
type SQLTechnology[M any] struct {
	Technology Technology
	// SQL returns the shared part of the model.
	SQL func(*M) *SQL
	// Server are the attributes of the server object, and NewServer makes its model.
	Server    map[string]schema.Attribute
	NewServer func() server
	// Attributes are the technology's own attributes beside server, and Values maps them to the API. Optional.
	Attributes func() map[string]schema.Attribute
	Values     func(*M, answer) []value
}

// defaultStaleDataTolerance is what Immuta's own examples send, in seconds (H); the API requires a value.
const defaultStaleDataTolerance = 86400

// sqlSettingsAfterCreate are missing from the documented payload of a create.
var sqlSettingsAfterCreate = []string{"documentation", "catalogMetadata"}

// descriptor is what the lifecycle knows of the technology.
func (t SQLTechnology[M]) descriptor() Descriptor[M] {
	return Descriptor[M]{
		Technology: t.Technology,
		Description: "Registers a table or a query of " + t.Technology.Title + " as a data source in Immuta, and keeps its settings and its " +
			"connection as declared.",
		Attributes: t.attributes,
		Common:     func(m *M) *Common { return &t.SQL(m).Common },
		Values:     t.values,
		Secrets:    func(m *M) []string { return serverSecrets(t.SQL(m).Server) },

		Validate:   t.validate,
		PlanCreate: func(plan, config *M) { t.SQL(plan).createDefaults(t.SQL(config)) },
		PlanUpdate: t.planUpdate,

		RequireSecrets:     t.requireSecrets,
		Remote:             func(m *M) iter.Seq2[string, types.String] { return t.SQL(m).remote },
		AllowsRemoteChange: func(m *M) types.Bool { return t.SQL(m).AllowRemoteChange },

		CreateBody:          t.createBody,
		SettingsAfterCreate: sqlSettingsAfterCreate,
		PatchMetadata:       t.patchMetadata,

		MatchesListing: func(state *M, row immuta.SourceRow) bool { return t.SQL(state).matchesListing(row) },
		SameRemote:     func(config *M, found *immuta.Handler) bool { return t.SQL(config).sameRemote(found.Metadata) },
		RemoteSearch:   t.remoteSearch,
		OtherRemote:    func(config *M, row immuta.SourceRow) bool { return t.SQL(config).otherRemote(row) },
		RemotePath:     path.Root("remote_table"),
		Fields:         tf.Fields{"ownerProfileId": path.Root("schema_evolution").AtName("owner_profile_id")},
	}
}

func (t SQLTechnology[M]) attributes() map[string]schema.Attribute {
	attributes := sqlAttributes(t.Technology, t.Server)
	if t.Attributes != nil {
		maps.Copy(attributes, t.Attributes())
	}
	return attributes
}

func (t SQLTechnology[M]) values(m *M, a answer) []value {
	sql := t.SQL(m)
	values := append(sql.values(a), newServerValue(t.NewServer(), &sql.Server, t.Server, a))
	if t.Values != nil {
		values = append(values, t.Values(m, a)...)
	}
	return values
}

// metadata is all that a handler PUT would say, as far as m holds it.
func (t SQLTechnology[M]) metadata(m *M) (immuta.Metadata, diag.Diagnostics) {
	_, md, diags := sendAll(t.values(m, answer{}))
	return md, diags
}

func (t SQLTechnology[M]) validate(config *M) diag.Diagnostics {
	sql := t.SQL(config)
	diags := sql.validate()
	if tf.Known(sql.AdditionalMetadata) {
		diags.Append(validateAdditional(sql.AdditionalMetadata, fieldsOf(t.values(config, answer{}), nil))...)
	}
	if tf.Known(sql.Server) {
		s := t.NewServer()
		diags.Append(decodeServer(sql.Server, s)...)
		diags.Append(s.validate(path.Root("server"))...)
	}
	return diags
}

func (t SQLTechnology[M]) requireSecrets(config *M, why string) diag.Diagnostics {
	object := t.SQL(config).Server
	if object.IsUnknown() {
		return nil
	}
	s := t.NewServer()
	return append(decodeServer(object, s), s.require(path.Root("server"), why)...)
}

func (t SQLTechnology[M]) planUpdate(state, plan *M) diag.Diagnostics {
	before, diags := t.metadata(state)
	after, more := t.metadata(plan)
	return append(append(diags, more...), t.SQL(plan).planUpdate(t.SQL(state), before, after)...)
}

func (t SQLTechnology[M]) createBody(config *M) (any, diag.Diagnostics) {
	settings, md, diags := sendAll(t.values(config, answer{}))
	return t.SQL(config).createBody(t.Technology.Label, settings, md), diags
}

// patchMetadata writes only what is configured: what is left alone stays as Immuta has it now.
func (t SQLTechnology[M]) patchMetadata(state, plan, config *M) (*MetadataPatch, diag.Diagnostics) {
	after, diags := t.metadata(plan)
	values := t.values(config, answer{})
	_, set, more := sendAll(values)
	diags.Append(more...)
	var before immuta.Metadata
	if state != nil {
		before, more = t.metadata(state)
		diags.Append(more...)
		// What Immuta keeps although it has left the configuration is no change.
		for _, m := range mappingsOf(values) {
			if _, given := set[m.metadata]; m.kept && !given {
				delete(before, m.metadata)
			}
		}
		if sameHandler(before, after) && sameVersions(t.SQL(state).Server, t.SQL(plan).Server) {
			return nil, diags
		}
	}
	patch := &MetadataPatch{Set: set}
	for _, v := range mappingsOf(values) {
		if v.number {
			patch.Numbers = append(patch.Numbers, v.metadata)
		}
	}
	patch.Causes = causes(before, after, fieldsOf(values, nil))
	// Without columns the dictionary is kept, and with them it would be swept back: they are sent only when they change.
	if before.Same(after, "columns") {
		delete(patch.Set, "columns")
		patch.Remove = append(patch.Remove, "columns")
	}
	for key := range before {
		if _, still := after[key]; !still {
			patch.Remove = append(patch.Remove, key)
		}
	}
	return patch, diags
}

// causes are the attributes of the keys that differ. A key that is no attribute's is one of additional_metadata.
func causes(before, after immuta.Metadata, fields tf.Fields) []path.Path {
	keys := slices.Collect(maps.Keys(before))
	keys = slices.AppendSeq(keys, maps.Keys(after))
	slices.Sort(keys)
	var all []path.Path
	for _, key := range slices.Compact(keys) {
		at, ok := fields[key]
		if !ok {
			at = additionalPath
		}
		if key != nameKey && !before.Same(after, key) && !slices.ContainsFunc(all, at.Equal) {
			all = append(all, at)
		}
	}
	return all
}

func (t SQLTechnology[M]) remoteSearch(config *M) immuta.Search {
	return immuta.Search{Hostname: objectText(t.SQL(config).Server, "hostname"), Technologies: []string{t.Technology.Label}}
}

// values are the attributes that every technology with a SQL server has, besides server.
func (m *SQL) values(a answer) []value {
	tableRule := sameCase
	if a.handler.Metadata.Text("query") != "" {
		tableRule = sameCaseOfTable
	}
	return append(m.Common.values(a),
		additionalValue{&m.AdditionalMetadata, a.handler.Metadata},
		metadataText(metadata("remote_schema", "schema"), &m.RemoteSchema, a, tableRule),
		metadataText(metadata("remote_table", "table"), &m.RemoteTable, a, tableRule),
		metadataText(metadata("query", "query"), &m.Query, a, optionalText),
		textValue(metadata("sql_schema_name", "bodataSchemaName"), &m.SQLSchemaName, told(a.source.SQLSchemaName), shown),
		textValue(mapping{at: path.Root("sql_table_name"), setting: "sqlTableName", metadata: "bodataTableName"},
			&m.SQLTableName, told(a.source.SQLTableName), shown),
		metadataText(metadata("schema_project_name", "schemaProjectName"), &m.SchemaProjectName, a, optionalText),

		textValue(setting("organization", "organization"), &m.Organization, lenientText(a.source.Organization), clearableText),
		textValue(setting("category", "category"), &m.Category, lenientText(a.source.Category), clearableText),
		textValue(setting("record_format", "recordFormat"), &m.RecordFormat, lenientText(recordFormat(a.source.RecordFormat)), clearableText),
		boolValue(setting("has_examples", "hasExamples"), &m.HasExamples, a.source.HasExamples),
		boolValue(setting("private", "private"), &m.Private, a.source.Private),
		boolValue(setting("column_evolution_enabled", "columnEvolutionEnabled"), &m.ColumnEvolutionEnabled, a.source.ColumnEvolutionEnabled),
		instantValue(setting("expiration", "expiration"), &m.Expiration, a.source.Expiration),

		metadataInt(metadata("stale_data_tolerance", "staleDataTolerance"), &m.StaleDataTolerance, a),
		metadataText(metadata("event_time_column", "eventTime"), &m.EventTimeColumn, a, optionalText),
		metadataBool(metadata("disable_sensitive_data_discovery", "disableClassify"), &m.DisableSensitiveDataDiscovery, a),
		columnsValue{mapping{at: path.Root("columns"), metadata: "columns", kept: true}, m.Columns},
		boolDefault(mapping{at: path.Root("allow_remote_change")}, &m.AllowRemoteChange, false, a),

		textValue(computed("connection_string"), &m.ConnectionString, lenientText(a.handler.ConnectionString), optionalText),
		metadataText(mapping{at: path.Root("high_cardinality_column"), metadata: "highCardinality", computed: true},
			&m.HighCardinalityColumn, a, optionalText),
		mapping{at: path.Root("columns"), metadata: "columnsNormalized", computed: true},
		textValue(computed("created_at"), &m.CreatedAt, told(a.source.CreatedAt), shown),
		intValue(computed("created_by"), &m.CreatedBy, immuta.Lenient[immuta.Int]{Answered: true, Value: &a.source.CreatedBy}),
	)
}

// createBody is the documented payload for one source (H). blobHandler and type are constants of every example, as is an empty
// recordFormat; organization and private are left to Immuta unless they are configured.
func (m *SQL) createBody(label string, settings immuta.Settings, metadata immuta.Metadata) any {
	source := map[string]any{
		"blobHandler":       map[string]string{"scheme": "https", "url": ""},
		"blobHandlerType":   label,
		"type":              "queryable",
		"schemaEvolutionId": nil,
	}
	maps.Copy(source, settings)
	for _, key := range sqlSettingsAfterCreate {
		delete(source, key)
	}
	body := map[string]any{
		"handler":    map[string]any{"metadata": metadata},
		"dataSource": source,
	}
	if tf.Known(m.SchemaEvolution) {
		body["schemaEvolution"] = schemaEvolutionToAPI(m.SchemaEvolution)
	}
	return body
}

// createDefaults fills in what a create sends of itself where nothing is configured. It names the table in Immuta after the remote one,
// in lower case as Immuta's own examples do. A source that is backed by a query has no remote table: its own name and the database serve.
func (m *SQL) createDefaults(config *SQL) {
	if config.StaleDataTolerance.IsNull() {
		m.StaleDataTolerance = types.Int64Value(defaultStaleDataTolerance)
	}
	if config.RecordFormat.IsNull() {
		m.RecordFormat = types.StringValue("")
	}
	if config.SQLTableName.IsNull() {
		switch {
		case tf.Known(m.RemoteTable):
			m.SQLTableName = types.StringValue(strings.ToLower(m.RemoteTable.ValueString()))
		case tf.Known(m.Query) && tf.Known(m.Name):
			m.SQLTableName = types.StringValue(identifier(m.Name.ValueString()))
		}
	}
	if config.SQLSchemaName.IsNull() {
		switch {
		case tf.Known(m.RemoteSchema):
			m.SQLSchemaName = types.StringValue(strings.ToLower(m.RemoteSchema.ValueString()))
		case tf.Known(m.Query) && tf.Known(m.Server) && objectText(m.Server, "database") != "":
			m.SQLSchemaName = types.StringValue(identifier(objectText(m.Server, "database")))
		}
	}
}

// identifier makes a SQL identifier of a name: lower case, and anything but letters and digits becomes an underscore.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}

// remote yields what names the remote data, the most telling first.
func (m *SQL) remote(yield func(string, types.String) bool) {
	_ = yield("remote_table", m.RemoteTable) && yield("remote_schema", m.RemoteSchema) && yield("query", m.Query)
}

// planUpdate marks what Immuta derives from keys of the handler as unknown when these change.
func (m *SQL) planUpdate(state *SQL, before, after immuta.Metadata) diag.Diagnostics {
	var diags diag.Diagnostics
	changes := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return !before.Same(after, key) })
	}
	if changes("hostname", "port", "database", "username") {
		m.ConnectionString = types.StringUnknown()
	}
	if changes("schema", "table", "query") {
		m.HighCardinalityColumn = types.StringUnknown()
	}
	switch at := path.Root("schema_evolution"); {
	case m.SchemaEvolution.IsNull() || !fullyKnown(m.SchemaEvolution):
	case state.SchemaEvolution.IsNull():
		diags.AddAttributeWarning(at, "schema_evolution is recorded, not applied",
			"Immuta takes the settings of schema evolution only when a source is registered, and does not return them later. This value goes "+
				"into the state, "+
				"without any call to Immuta: change what the tenant does in Immuta itself.")
	case !reflect.DeepEqual(schemaEvolutionToAPI(m.SchemaEvolution), schemaEvolutionToAPI(state.SchemaEvolution)):
		diags.AddAttributeError(at, "schema_evolution cannot be changed",
			"Immuta takes the settings of schema evolution only when a source is registered. Set it back to what it was and change the tenant's "+
				"schema monitoring "+
				"in Immuta itself, or remove it from the configuration, which changes nothing in Immuta.")
	}
	return diags
}

// recordFormat reads "Not Provided" as what it stands for: nothing (H).
func recordFormat(got immuta.Lenient[string]) immuta.Lenient[string] {
	if got.Get() == "Not Provided" {
		got.Value = nil
	}
	return got
}

func lenientText(l immuta.Lenient[string]) immuta.Lenient[immuta.Text] {
	out := immuta.Lenient[immuta.Text]{Answered: l.Answered}
	if l.Value != nil {
		text := immuta.Text(*l.Value)
		out.Value = &text
	}
	return out
}

// matchesListing compares what a row of the listing tells with the state: a source whose connection or table has moved is read.
func (m *SQL) matchesListing(row immuta.SourceRow) bool {
	same := func(state types.String, got immuta.Lenient[string]) bool {
		return !got.Answered || strings.EqualFold(state.ValueString(), got.Get())
	}
	return same(m.ConnectionString, row.ConnectionString) && same(m.SQLSchemaName, row.SQLSchemaName) &&
		same(m.RemoteSchema, row.RemoteSchema) && same(m.RemoteTable, row.RemoteTable)
}

// otherRemote tells from a row of the listing alone that a source stands for another table.
func (m *SQL) otherRemote(row immuta.SourceRow) bool {
	differs := func(want types.String, got immuta.Lenient[string]) bool {
		return got.Value != nil && !strings.EqualFold(want.ValueString(), *got.Value)
	}
	return differs(m.RemoteSchema, row.RemoteSchema) || differs(m.RemoteTable, row.RemoteTable)
}

// sameRemote compares hostname, database, schema and table with a found handler, case aside. A query-backed source stands
// for its query.
func (m *SQL) sameRemote(found immuta.Metadata) bool {
	same := func(want, key string) bool { return strings.EqualFold(want, found.Text(key)) }
	if !same(objectText(m.Server, "hostname"), "hostname") || !same(objectText(m.Server, "database"), "database") {
		return false
	}
	if tf.Known(m.Query) {
		return found.Text("query") == m.Query.ValueString()
	}
	return found.Text("query") == "" && same(m.RemoteSchema.ValueString(), "schema") && same(m.RemoteTable.ValueString(), "table")
}

func (m *SQL) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	table, query := path.Root("remote_table"), path.Root("query")
	switch {
	case m.RemoteSchema.IsUnknown() || m.RemoteTable.IsUnknown() || m.Query.IsUnknown():
	case !m.Query.IsNull() && (!m.RemoteSchema.IsNull() || !m.RemoteTable.IsNull()):
		diags.AddAttributeError(query, "A table or a query, not both",
			"A source stands for one remote table (remote_schema and remote_table) or for the result of a query (query). Remove one of the two.")
	case m.Query.IsNull() && m.RemoteTable.IsNull():
		diags.AddAttributeError(table, "The remote table is missing",
			"Set remote_schema and remote_table to the table that the source stands for, or query for a query-backed source.")
	case m.Query.IsNull() && m.RemoteSchema.IsNull():
		diags.AddAttributeError(path.Root("remote_schema"), "The remote schema is missing",
			"remote_table needs remote_schema: the schema that the table is in, spelled as in the remote system.")
	}
	diags.Append(validateColumns(m.Columns)...)
	return diags
}

var additionalPath = path.Root("additional_metadata")

// additionalKeys are the keys of additional_metadata.
func additionalKeys(v jsontypes.Normalized) (keys map[string]json.RawMessage, diags diag.Diagnostics) {
	if !tf.Known(v) {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(v.ValueString()), &keys); err != nil || keys == nil {
		diags.AddAttributeError(additionalPath, "additional_metadata is not a JSON object", "Write it as jsonencode({ key = value }), with "+
			"Immuta's own keys.")
	}
	return keys, diags
}

// additionalFromAPI compares only the configured keys: what else Immuta keeps is not the configuration's business.
func additionalFromAPI(prior jsontypes.Normalized, md immuta.Metadata) (jsontypes.Normalized, diag.Diagnostics) {
	configured, diags := additionalKeys(prior)
	drifted := false
	for key, value := range configured {
		got, answered := md[key]
		if answered && !immuta.SameJSON(got, value) {
			configured[key] = got
			drifted = true
		}
	}
	if !drifted {
		return prior, diags
	}
	text, err := json.Marshal(configured)
	if err != nil {
		diags.AddAttributeError(additionalPath, "additional_metadata cannot be read", err.Error())
		return prior, diags
	}
	return jsontypes.NewNormalizedValue(string(text)), diags
}

func validateAdditional(v jsontypes.Normalized, managed tf.Fields) diag.Diagnostics {
	keys, diags := additionalKeys(v)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if _, ok := managed[key]; ok {
			diags.AddAttributeError(additionalPath, "additional_metadata repeats a managed key",
				fmt.Sprintf("The handler's key %q is managed by an attribute of this resource. Remove it here and set that attribute.", key))
		}
	}
	return diags
}

// nameKey is the handler's copy of the source's name.
const nameKey = "dataSourceName"

// sameHandler tells whether two sets of keys ask for the same handler. Its copy of the source's name goes along whenever it
// is written and is no reason to do so: a rename must not touch the connection.
func sameHandler(a, b immuta.Metadata) bool {
	if len(a) != len(b) {
		return false
	}
	for key := range a {
		if key != nameKey && !a.Same(b, key) {
			return false
		}
	}
	return true
}
