package handler

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

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

	Organization           types.String      `tfsdk:"organization"`
	Category               types.String      `tfsdk:"category"`
	HasExamples            types.Bool        `tfsdk:"has_examples"`
	Private                types.Bool        `tfsdk:"private"`
	RecordFormat           types.String      `tfsdk:"record_format"`
	Expiration             timetypes.RFC3339 `tfsdk:"expiration"`
	ColumnEvolutionEnabled types.Bool        `tfsdk:"column_evolution_enabled"`

	StaleDataTolerance            types.Int64          `tfsdk:"stale_data_tolerance"`
	EventTimeColumn               types.String         `tfsdk:"event_time_column"`
	DisableSensitiveDataDiscovery types.Bool           `tfsdk:"disable_sensitive_data_discovery"`
	Columns                       types.List           `tfsdk:"columns"`
	AdditionalMetadata            jsontypes.Normalized `tfsdk:"additional_metadata"`
	SchemaEvolution               types.Object         `tfsdk:"schema_evolution"`

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
	// Server says how the technology connects.
	Server Server
	// Attributes are the technology's own attributes beside server. Optional, and so are the conversions of theirs.
	Attributes func() map[string]schema.Attribute
	ToAPI      func(m *M, metadata immuta.Metadata)
	FromAPI    func(m *M, metadata immuta.Metadata)
	// Keys are the metadata keys that ToAPI and Server set, with the attributes that they come from. additional_metadata
	// may not set them.
	Keys []tf.Fields
}

// sqlKeys are the metadata keys that the shared attributes manage.
var sqlKeys = []string{
	"hostname", "port", "ssl", "database", "connectionStringOptions", "userFiles", "schema", "table", "query", "bodataSchemaName",
	"bodataTableName", "dataSourceName", "schemaProjectName", "staleDataTolerance", "eventTime", "disableClassify", "columns",
	"highCardinality", "columnsNormalized",
}

// sqlNumbers are the numbers among the metadata keys.
var sqlNumbers = []string{"port", "staleDataTolerance"}

// sqlLateSettings are missing from the documented payload of a create.
var sqlLateSettings = []string{"documentation", "catalogMetadata"}

// defaultStaleDataTolerance is what Immuta's own examples send, in seconds (H); the API requires a value.
const defaultStaleDataTolerance = 86400

// describe makes the lifecycle's descriptor of a SQL technology.
func describe[M any](t SQLTechnology[M]) Descriptor[M] {
	fields, managed := maps.Clone(sqlFields), slices.Clone(sqlKeys)
	for _, own := range t.Keys {
		maps.Copy(fields, own)
		managed = slices.AppendSeq(managed, maps.Keys(own))
	}
	d := Descriptor[M]{
		Technology:  t.Technology,
		Description: "Registers a table or a query of " + t.Technology.Title + " as a data source in Immuta, and keeps its settings and its connection as declared.",
		Attributes: func() map[string]schema.Attribute {
			attributes := sqlAttributes(t.Technology, t.Server)
			if t.Attributes != nil {
				maps.Copy(attributes, t.Attributes())
			}
			return attributes
		},
		Common:     func(m *M) *Common { return &t.SQL(m).Common },
		Late:       sqlLateSettings,
		Settings:   func(m *M) immuta.Settings { return t.SQL(m).settings() },
		RemotePath: path.Root("remote_table"),
		Fields:     fields,
	}
	metadata := func(m *M) (immuta.Metadata, diag.Diagnostics) {
		md, diags := t.SQL(m).metadata()
		if t.ToAPI != nil {
			t.ToAPI(m, md)
		}
		return md, diags
	}
	d.Secrets = func(m *M) []string { return serverSecrets(t.SQL(m).Server) }
	d.Validate = func(ctx context.Context, config *M) diag.Diagnostics {
		diags := t.SQL(config).validate(managed)
		if server := t.SQL(config).Server; tf.Known(server) {
			diags.Append(t.Server.Validate(ctx, path.Root("server"), server)...)
		}
		return diags
	}
	d.PlanCreate = func(plan *M) { t.SQL(plan).nameDefaults() }
	// wire is all that a handler PUT would say, as far as m holds it.
	wire := func(ctx context.Context, m *M) (immuta.Metadata, diag.Diagnostics) {
		md, diags := metadata(m)
		return md, append(diags, t.Server.ToAPI(ctx, t.SQL(m).Server, md)...)
	}
	d.PlanUpdate = func(ctx context.Context, state, plan *M) diag.Diagnostics {
		before, diags := wire(ctx, state)
		after, more := wire(ctx, plan)
		same := sameHandler(before, after) && sameVersions(t.SQL(state).Server, t.SQL(plan).Server)
		return append(append(diags, more...), t.SQL(plan).planUpdate(t.SQL(state), !same)...)
	}
	d.CreateBody = func(ctx context.Context, config *M) (any, diag.Diagnostics) {
		sql := t.SQL(config)
		md, diags := wire(ctx, config)
		if !tf.Known(sql.StaleDataTolerance) {
			md.Set("staleDataTolerance", defaultStaleDataTolerance)
		}
		return sql.createBody(t.Technology.Label, md), diags
	}
	d.Change = func(ctx context.Context, state, plan, config *M) (*Overlay, diag.Diagnostics) {
		after, diags := wire(ctx, plan)
		var before immuta.Metadata
		if state != nil {
			var more diag.Diagnostics
			before, more = wire(ctx, state)
			diags.Append(more...)
			if sameHandler(before, after) && sameVersions(t.SQL(state).Server, t.SQL(plan).Server) {
				return nil, diags
			}
		}
		// Only what is configured is written: what is left alone stays as Immuta has it now.
		set, more := wire(ctx, config)
		diags.Append(more...)
		change := &Overlay{Set: set, Numbers: sqlNumbers}
		// Without columns the dictionary is kept, and with them it would be swept back: they travel only when they change.
		if before.Same(after, "columns") {
			delete(change.Set, "columns")
			change.Remove = append(change.Remove, "columns")
		}
		for key := range before {
			if _, still := after[key]; !still {
				change.Remove = append(change.Remove, key)
			}
		}
		return change, diags
	}
	d.Absorb = func(ctx context.Context, m *M, source *immuta.Source, handler *immuta.Handler) diag.Diagnostics {
		sql := t.SQL(m)
		diags := sql.absorb(source, handler)
		if t.FromAPI != nil {
			t.FromAPI(m, handler.Metadata)
		}
		server, more := t.Server.FromAPI(ctx, sql.Server, handler.Metadata)
		sql.Server = server
		return append(diags, more...)
	}
	d.Unmoved = func(state *M, row immuta.SourceRow) bool { return t.SQL(state).unmoved(row) }
	d.SameRemote = func(_ context.Context, config *M, found *immuta.Handler) bool {
		return t.SQL(config).sameRemote(found.Metadata)
	}
	d.OtherRemote = func(config *M, row immuta.SourceRow) bool {
		differs := func(want types.String, got immuta.Lenient[string]) bool {
			return got.Value != nil && !strings.EqualFold(want.ValueString(), *got.Value)
		}
		return differs(t.SQL(config).RemoteSchema, row.RemoteSchema) || differs(t.SQL(config).RemoteTable, row.RemoteTable)
	}
	d.RemoteSearch = func(_ context.Context, config *M) immuta.Search {
		return immuta.Search{Hostname: objectText(t.SQL(config).Server, "hostname"), Technologies: []string{t.Technology.Label}}
	}
	return d
}

// settings are the keys of the source's settings besides those of Common.
func (m *SQL) settings() immuta.Settings {
	s := immuta.Settings{}
	setText(s, "sqlTableName", m.SQLTableName)
	setText(s, "organization", m.Organization)
	setText(s, "category", m.Category)
	setText(s, "recordFormat", m.RecordFormat)
	setBool(s, "hasExamples", m.HasExamples)
	setBool(s, "private", m.Private)
	setBool(s, "columnEvolutionEnabled", m.ColumnEvolutionEnabled)
	if tf.Known(m.Expiration) {
		s["expiration"] = m.Expiration.ValueString()
	}
	return s
}

// metadata are the handler's keys that m has a value for, without those of the server.
func (m *SQL) metadata() (immuta.Metadata, diag.Diagnostics) {
	md := immuta.Metadata{}
	additional, diags := additionalKeys(m.AdditionalMetadata)
	for key, value := range additional {
		md[key] = value
	}
	text := func(key string, v types.String) {
		if tf.Known(v) {
			md.Set(key, v.ValueString())
		}
	}
	text("dataSourceName", m.Name)
	text("schema", m.RemoteSchema)
	text("table", m.RemoteTable)
	text("query", m.Query)
	text("bodataSchemaName", m.SQLSchemaName)
	text("bodataTableName", m.SQLTableName)
	text("schemaProjectName", m.SchemaProjectName)
	text("eventTime", m.EventTimeColumn)
	if tf.Known(m.StaleDataTolerance) {
		md.Set("staleDataTolerance", m.StaleDataTolerance.ValueInt64())
	}
	if tf.Known(m.DisableSensitiveDataDiscovery) {
		md.Set("disableClassify", m.DisableSensitiveDataDiscovery.ValueBool())
	}
	if tf.Known(m.Columns) {
		md.Set("columns", columnsToAPI(m.Columns))
	}
	return md, diags
}

// createBody is the documented payload for one source (H). blobHandler, type and an empty recordFormat are constants of
// every example; organization and private are left to Immuta unless they are configured.
func (m *SQL) createBody(label string, metadata immuta.Metadata) any {
	source := map[string]any{
		"blobHandler":       map[string]string{"scheme": "https", "url": ""},
		"blobHandlerType":   label,
		"recordFormat":      "",
		"type":              "queryable",
		"schemaEvolutionId": nil,
	}
	maps.Copy(source, m.Common.settings())
	maps.Copy(source, m.settings())
	for _, key := range sqlLateSettings {
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

// nameDefaults names the table in Immuta after the remote one, in lower case as Immuta's own examples do. A source that is
// backed by a query has no remote table: its own name and the database serve.
func (m *SQL) nameDefaults() {
	if m.SQLTableName.IsNull() || m.SQLTableName.IsUnknown() {
		switch {
		case tf.Known(m.RemoteTable):
			m.SQLTableName = types.StringValue(strings.ToLower(m.RemoteTable.ValueString()))
		case tf.Known(m.Query) && tf.Known(m.Name):
			m.SQLTableName = types.StringValue(identifier(m.Name.ValueString()))
		}
	}
	if m.SQLSchemaName.IsNull() || m.SQLSchemaName.IsUnknown() {
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

func (m *SQL) planUpdate(state *SQL, handlerChanges bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if handlerChanges {
		m.ConnectionString = types.StringUnknown()
		m.HighCardinalityColumn = types.StringUnknown()
	}
	switch at := path.Root("schema_evolution"); {
	case m.SchemaEvolution.IsNull() || !fullyKnown(m.SchemaEvolution):
	case state.SchemaEvolution.IsNull():
		diags.AddAttributeWarning(at, "schema_evolution is recorded, not applied",
			"Immuta takes the settings of schema evolution only when a source is registered, and does not answer them later. This value goes into the state, "+
				"without any call to Immuta: change what the tenant does in Immuta itself.")
	case !reflect.DeepEqual(schemaEvolutionToAPI(m.SchemaEvolution), schemaEvolutionToAPI(state.SchemaEvolution)):
		diags.AddAttributeError(at, "schema_evolution cannot be changed",
			"Immuta takes the settings of schema evolution only when a source is registered. Set it back to what it was and change the tenant's schema monitoring "+
				"in Immuta itself, or remove it from the configuration, which changes nothing in Immuta.")
	}
	return diags
}

func (m *SQL) absorb(source *immuta.Source, handler *immuta.Handler) diag.Diagnostics {
	md := handler.Metadata
	backedByQuery := md.Text("query") != ""
	if !backedByQuery || !m.RemoteSchema.IsNull() {
		m.RemoteSchema = sameCase(m.RemoteSchema, immuta.Lookup[immuta.Text](md, "schema"))
	}
	if !backedByQuery || !m.RemoteTable.IsNull() {
		m.RemoteTable = sameCase(m.RemoteTable, immuta.Lookup[immuta.Text](md, "table"))
	}
	m.Query = keptString(m.Query, immuta.Lookup[immuta.Text](md, "query"))
	m.SQLSchemaName = types.StringValue(string(source.SQLSchemaName))
	m.SQLTableName = types.StringValue(string(source.SQLTableName))
	m.SchemaProjectName = keptString(m.SchemaProjectName, immuta.Lookup[immuta.Text](md, "schemaProjectName"))

	m.Organization = clearableText(m.Organization, source.Organization)
	m.Category = clearableText(m.Category, source.Category)
	m.HasExamples = keptBool(m.HasExamples, source.HasExamples)
	m.Private = keptBool(m.Private, source.Private)
	m.RecordFormat = clearableText(m.RecordFormat, recordFormat(source.RecordFormat))
	m.Expiration = tf.Instant(m.Expiration, source.Expiration)
	m.ColumnEvolutionEnabled = keptBool(m.ColumnEvolutionEnabled, source.ColumnEvolutionEnabled)

	m.StaleDataTolerance = keptInt(m.StaleDataTolerance, immuta.Lookup[immuta.Int](md, "staleDataTolerance"))
	m.EventTimeColumn = keptString(m.EventTimeColumn, immuta.Lookup[immuta.Text](md, "eventTime"))
	m.DisableSensitiveDataDiscovery = keptBool(m.DisableSensitiveDataDiscovery, immuta.Lookup[immuta.Bool](md, "disableClassify"))
	additional, diags := additionalFromAPI(m.AdditionalMetadata, md)
	m.AdditionalMetadata = additional

	m.ConnectionString = keptString(m.ConnectionString, lenientText(handler.ConnectionString))
	m.HighCardinalityColumn = keptString(m.HighCardinalityColumn, immuta.Lookup[immuta.Text](md, "highCardinality"))
	m.CreatedAt = types.StringValue(string(source.CreatedAt))
	m.CreatedBy = types.Int64Value(int64(source.CreatedBy))
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

// unmoved compares what a row of the listing tells with the state: a source whose connection or table has moved is read.
func (m *SQL) unmoved(row immuta.SourceRow) bool {
	same := func(state types.String, got immuta.Lenient[string]) bool {
		return !got.Answered || strings.EqualFold(state.ValueString(), got.Get())
	}
	return same(m.ConnectionString, row.ConnectionString) && same(m.SQLSchemaName, row.SQLSchemaName) &&
		same(m.RemoteSchema, row.RemoteSchema) && same(m.RemoteTable, row.RemoteTable)
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

func (m *SQL) validate(managed []string) diag.Diagnostics {
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
	diags.Append(validateAdditional(m.AdditionalMetadata, managed)...)
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
		diags.AddAttributeError(additionalPath, "additional_metadata is not a JSON object", "Write it as jsonencode({ key = value }), with Immuta's own keys.")
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

func validateAdditional(v jsontypes.Normalized, managed []string) diag.Diagnostics {
	keys, diags := additionalKeys(v)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if slices.Contains(managed, key) {
			diags.AddAttributeError(additionalPath, "additional_metadata repeats a managed key",
				fmt.Sprintf("The handler's key %q is managed by an attribute of this resource. Remove it here and set that attribute.", key))
		}
	}
	return diags
}

// sameHandler tells whether two sets of keys ask for the same handler. Its copy of the source's name goes along whenever it
// is written and is no reason to do so: a rename must not touch the connection.
func sameHandler(a, b immuta.Metadata) bool {
	if len(a) != len(b) {
		return false
	}
	for key := range a {
		if key != "dataSourceName" && !a.Same(b, key) {
			return false
		}
	}
	return true
}

var objectAs = basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true}

var sqlFields = tf.Fields{
	"sqlTableName":            path.Root("sql_table_name"),
	"bodataTableName":         path.Root("sql_table_name"),
	"bodataSchemaName":        path.Root("sql_schema_name"),
	"schema":                  path.Root("remote_schema"),
	"table":                   path.Root("remote_table"),
	"query":                   path.Root("query"),
	"organization":            path.Root("organization"),
	"category":                path.Root("category"),
	"recordFormat":            path.Root("record_format"),
	"hasExamples":             path.Root("has_examples"),
	"private":                 path.Root("private"),
	"expiration":              path.Root("expiration"),
	"columnEvolutionEnabled":  path.Root("column_evolution_enabled"),
	"staleDataTolerance":      path.Root("stale_data_tolerance"),
	"eventTime":               path.Root("event_time_column"),
	"disableClassify":         path.Root("disable_sensitive_data_discovery"),
	"schemaProjectName":       path.Root("schema_project_name"),
	"columns":                 path.Root("columns"),
	"hostname":                path.Root("server").AtName("hostname"),
	"port":                    path.Root("server").AtName("port"),
	"ssl":                     path.Root("server").AtName("ssl"),
	"database":                path.Root("server").AtName("database"),
	"username":                path.Root("server").AtName("username"),
	"password":                path.Root("server").AtName("password"),
	"userFiles":               path.Root("server").AtName("user_files"),
	"connectionStringOptions": path.Root("server").AtName("connection_string_options"),
	"ownerProfileId":          path.Root("schema_evolution").AtName("owner_profile_id"),
}
