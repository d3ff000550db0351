package handler

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// A value is an attribute of a model, declared once: where it stands in the configuration, which keys of the API it maps to and how an
// answer is taken over. What is sent and read, which settings changed, which keys are managed and on which attribute an error lands all
// derive from a model's list of values.
type value interface {
	mappings() []mapping
	// send sets the keys of the value, if the model holds one.
	send(immuta.Settings, immuta.Metadata) diag.Diagnostics
	// read takes over what Immuta returned.
	read() diag.Diagnostics
}

// mapping is where a value stands in the configuration and in the API. Empty keys are not used. By itself it is a value that is
// neither sent nor read: a key that Immuta keeps for itself.
type mapping struct {
	at path.Path
	// setting is the key of the source's settings, metadata that of the handler's metadata.
	setting, metadata string
	// computed says that Immuta sets the value by itself: it is read, never sent.
	computed bool
	// number says that the metadata hold a number, even where Immuta returns it as a text.
	number bool
	// kept says that Immuta keeps what it has when it is told nothing: a value that leaves the configuration changes nothing.
	kept bool
}

func (m mapping) mappings() []mapping { return []mapping{m} }

func (mapping) send(immuta.Settings, immuta.Metadata) diag.Diagnostics { return nil }

func (mapping) read() diag.Diagnostics { return nil }

func (m mapping) put(settings immuta.Settings, md immuta.Metadata, sent any) {
	if m.computed {
		return
	}
	if m.setting != "" {
		settings[m.setting] = sent
	}
	if m.metadata != "" {
		md.Set(m.metadata, sent)
	}
}

// setting and metadata map an attribute to one key.
func setting(attribute, key string) mapping  { return mapping{at: path.Root(attribute), setting: key} }
func metadata(attribute, key string) mapping { return mapping{at: path.Root(attribute), metadata: key} }

// computed is where an attribute stands that is only read.
func computed(attribute string) mapping { return mapping{at: path.Root(attribute), computed: true} }

// connection maps an attribute of server.
func connection(attribute, key string) mapping {
	return mapping{at: path.Root("server").AtName(attribute), metadata: key}
}

// sendAll is everything that values send.
func sendAll(values []value) (immuta.Settings, immuta.Metadata, diag.Diagnostics) {
	settings, md := immuta.Settings{}, immuta.Metadata{}
	var diags diag.Diagnostics
	for _, v := range values {
		diags.Append(v.send(settings, md)...)
	}
	return settings, md, diags
}

func readAll(values []value) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, v := range values {
		diags.Append(v.read()...)
	}
	return diags
}

// mappingsOf lists the mappings of values.
func mappingsOf(values []value) []mapping {
	var all []mapping
	for _, v := range values {
		all = append(all, v.mappings()...)
	}
	return all
}

// fieldsOf says for every key on which attribute an error about it lands.
func fieldsOf(values []value, more tf.Fields) tf.Fields {
	fields := maps.Clone(more)
	if fields == nil {
		fields = tf.Fields{}
	}
	for _, t := range mappingsOf(values) {
		for _, key := range []string{t.setting, t.metadata} {
			if key != "" {
				fields[key] = t.at
			}
		}
	}
	return fields
}

// answer is what Immuta returned of a source. The zero answer is none: for values that are only sent.
type answer struct {
	source  immuta.Source
	handler immuta.Handler
}

func (a answer) text(key string) immuta.Lenient[immuta.Text] {
	return immuta.Lookup[immuta.Text](a.handler.Metadata, key)
}

// fieldValue is what a field of the model holds, as a V, and what Immuta returned for it, as a G.
type fieldValue[V attr.Value, G any] struct {
	mapping
	field   *V
	got     G
	toAPI   func(V) any
	fromAPI func(prior V, got G) V
}

func (v fieldValue[V, G]) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, v.toAPI(*v.field))
	}
	return nil
}

func (v fieldValue[V, G]) read() diag.Diagnostics {
	*v.field = v.fromAPI(*v.field, v.got)
	return nil
}

// defaultValue is a value that is always sent: without one, its default is.
type defaultValue[V attr.Value, G any] struct {
	fieldValue[V, G]
	fallback V
}

func (v defaultValue[V, G]) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		return v.fieldValue.send(settings, md)
	}
	v.put(settings, md, v.toAPI(v.fallback))
	return nil
}

func (v defaultValue[V, G]) read() diag.Diagnostics {
	if *v.field = v.fromAPI(*v.field, v.got); !tf.Known(*v.field) {
		*v.field = v.fallback
	}
	return nil
}

// The kinds of field. A text has to say how it is taken over, the others are.
type (
	textField = fieldValue[types.String, immuta.Lenient[immuta.Text]]
	boolField = fieldValue[types.Bool, immuta.Lenient[immuta.Bool]]
	intField  = fieldValue[types.Int64, immuta.Lenient[immuta.Int]]
	textRule  = func(prior types.String, got immuta.Lenient[immuta.Text]) types.String
)

func textValue(m mapping, field *types.String, got immuta.Lenient[immuta.Text], rule textRule) textField {
	return textField{m, field, got, textToAPI, rule}
}

func boolValue(m mapping, field *types.Bool, got immuta.Lenient[immuta.Bool]) boolField {
	return boolField{m, field, got, boolToAPI, optionalBool}
}

func intValue(m mapping, field *types.Int64, got immuta.Lenient[immuta.Int]) intField {
	return intField{m, field, got, intToAPI, optionalInt}
}

func instantValue(m mapping, field *types.String, got immuta.Lenient[string]) value {
	return fieldValue[types.String, immuta.Lenient[string]]{m, field, got, instantToAPI, clearableInstant}
}

// metadataText, metadataBool and metadataInt are read from where they are written.
func metadataText(m mapping, field *types.String, a answer, rule textRule) textField {
	return textValue(m, field, a.text(m.metadata), rule)
}

func metadataBool(m mapping, field *types.Bool, a answer) boolField {
	return boolValue(m, field, immuta.Lookup[immuta.Bool](a.handler.Metadata, m.metadata))
}

func metadataInt(m mapping, field *types.Int64, a answer) intField {
	m.number = true
	return intValue(m, field, immuta.Lookup[immuta.Int](a.handler.Metadata, m.metadata))
}

// textDefault, boolDefault and intDefault have a default, which is sent: what Immuta makes of a missing key is not known.
func textDefault(m mapping, field *types.String, fallback string, a answer) value {
	return defaultValue[types.String, immuta.Lenient[immuta.Text]]{metadataText(m, field, a, optionalText), types.StringValue(fallback)}
}

func boolDefault(m mapping, field *types.Bool, fallback bool, a answer) value {
	v := metadataBool(m, field, a)
	v.fromAPI = requiredBool
	return defaultValue[types.Bool, immuta.Lenient[immuta.Bool]]{v, types.BoolValue(fallback)}
}

func intDefault(m mapping, field *types.Int64, fallback int64, a answer) value {
	v := metadataInt(m, field, a)
	v.fromAPI = requiredInt
	return defaultValue[types.Int64, immuta.Lenient[immuta.Int]]{v, types.Int64Value(fallback)}
}

func textToAPI(v types.String) any { return v.ValueString() }
func boolToAPI(v types.Bool) any   { return v.ValueBool() }
func intToAPI(v types.Int64) any   { return v.ValueInt64() }

// instantToAPI clears a point in time with null (L).
func instantToAPI(v types.String) any {
	if v.ValueString() == "" {
		return nil
	}
	return v.ValueString()
}

// columnsValue is columns, which are never read.
type columnsValue struct {
	mapping
	columns types.List
}

func (v columnsValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(v.columns) {
		v.put(settings, md, columnsToAPI(v.columns))
	}
	return nil
}

// secretValue is a secret in either of its forms, which Immuta never returns.
type secretValue struct {
	mapping
	given tf.Secret
}

func newSecretValue(m mapping, given tf.Secret) secretValue {
	m.kept = true
	return secretValue{m, given}
}

func (v secretValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if secret, ok := v.given.Value(); ok {
		v.put(settings, md, secret)
	}
	return nil
}

// userFilesValue is user_files, which Immuta never returns.
type userFilesValue struct {
	mapping
	field *types.List
}

func (v userFilesValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	v.put(settings, md, userFilesToAPI(*v.field))
	return nil
}

func (v userFilesValue) read() diag.Diagnostics {
	if v.field.IsNull() {
		*v.field = types.ListNull(userFileType)
	}
	return nil
}

// serverValue is the server object, whose attributes are values of their own.
type serverValue struct {
	server     server // decoded from the object
	field      *types.Object
	attributes map[string]schema.Attribute
	got        answer
	diags      diag.Diagnostics // of decoding
}

func newServerValue(s server, field *types.Object, attributes map[string]schema.Attribute, got answer) serverValue {
	return serverValue{s, field, attributes, got, decodeServer(*field, s)}
}

func (v serverValue) mappings() []mapping { return mappingsOf(v.server.values(v.got)) }

func (v serverValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	diags := v.diags
	for _, one := range v.server.values(v.got) {
		diags.Append(one.send(settings, md)...)
	}
	return diags
}

func (v serverValue) read() diag.Diagnostics {
	diags := append(v.diags, readAll(v.server.values(v.got))...)
	attributeTypes := map[string]attr.Type{}
	for name, a := range v.attributes {
		attributeTypes[name] = a.GetType()
	}
	object, more := types.ObjectValueFrom(context.Background(), attributeTypes, v.server)
	*v.field = object
	return append(diags, more...)
}

// catalogValue is catalog_metadata.
func catalogValue(field *types.Object, got immuta.Lenient[immuta.CatalogMetadata]) value {
	return fieldValue[types.Object, immuta.Lenient[immuta.CatalogMetadata]]{
		setting("catalog_metadata", "catalogMetadata"), field, got, catalogToAPI, catalogFromAPI,
	}
}

// catalogToAPI clears the link with empty texts (L).
func catalogToAPI(v types.Object) any {
	return map[string]string{"id": objectText(v, "id"), "provider": objectText(v, "provider")}
}

func catalogFromAPI(prior types.Object, got immuta.Lenient[immuta.CatalogMetadata]) types.Object {
	switch {
	case got.Value != nil && got.Value.ID != "":
		return types.ObjectValueMust(catalogTypes, map[string]attr.Value{
			"id":       types.StringValue(string(got.Value.ID)),
			"provider": types.StringValue(string(got.Value.Provider)),
		})
	case tf.Known(prior) && objectText(prior, "id") == "":
		return prior
	case got.Answered || prior.IsUnknown():
		return types.ObjectNull(catalogTypes)
	}
	return prior
}

// additionalValue is additional_metadata: keys that are nobody else's.
type additionalValue struct {
	field *jsontypes.Normalized
	got   immuta.Metadata
}

func (additionalValue) mappings() []mapping { return nil }

func (v additionalValue) send(_ immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	keys, diags := additionalKeys(*v.field)
	for key, raw := range keys {
		md[key] = raw
	}
	return diags
}

func (v additionalValue) read() diag.Diagnostics {
	read, diags := additionalFromAPI(*v.field, v.got)
	*v.field = read
	return diags
}
