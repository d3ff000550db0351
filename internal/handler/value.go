package handler

import (
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// A value is an attribute of a model, declared once: where it stands in the configuration, which keys of the API it
// maps to and how an answer is taken over. What is sent and read, which settings changed, which keys are managed and on which attribute an error
// lands all derive from a model's list of values.
type value interface {
	mappings() []mapping
	// send sets the keys of the value, if the model holds one.
	send(immuta.Settings, immuta.Metadata) diag.Diagnostics
	// read takes over what Immuta returned.
	read() diag.Diagnostics
}

// mapping is where a value stands in the configuration and in the API. Empty keys are not used.
type mapping struct {
	at path.Path
	// setting is the key of the source's settings, metadata that of the handler's metadata.
	setting, metadata string
	// computed says that Immuta sets the value by itself: it is read, never sent.
	computed bool
	// number says that the metadata hold a number, even where Immuta returns it as a text.
	number bool
}

func (m mapping) mappings() []mapping { return []mapping{m} }

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
func fieldsOf(values []value) tf.Fields {
	fields := tf.Fields{}
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

// textRule says how a text that Immuta returned becomes one of the state.
type textRule func(prior types.String, got immuta.Lenient[immuta.Text]) types.String

// textValue is a text.
type textValue struct {
	mapping
	field *types.String
	got   immuta.Lenient[immuta.Text]
	rule  textRule
}

// metadataText is a text that is read from where it is written.
func metadataText(m mapping, field *types.String, a answer, rule textRule) textValue {
	return textValue{m, field, a.text(m.metadata), rule}
}

func (v textValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, v.field.ValueString())
	}
	return nil
}

func (v textValue) read() diag.Diagnostics {
	*v.field = v.rule(*v.field, v.got)
	return nil
}

// boolValue is an optional boolean.
type boolValue struct {
	mapping
	field *types.Bool
	got   immuta.Lenient[immuta.Bool]
}

func (v boolValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, v.field.ValueBool())
	}
	return nil
}

func (v boolValue) read() diag.Diagnostics {
	*v.field = optionalBool(*v.field, v.got)
	return nil
}

func metadataBool(m mapping, field *types.Bool, a answer) boolValue {
	return boolValue{m, field, immuta.Lookup[immuta.Bool](a.handler.Metadata, m.metadata)}
}

// intValue is an optional number.
type intValue struct {
	mapping
	field *types.Int64
	got   immuta.Lenient[immuta.Int]
}

func metadataInt(m mapping, field *types.Int64, a answer) intValue {
	m.number = true
	return intValue{m, field, immuta.Lookup[immuta.Int](a.handler.Metadata, m.metadata)}
}

func (v intValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, v.field.ValueInt64())
	}
	return nil
}

func (v intValue) read() diag.Diagnostics {
	*v.field = optionalInt(*v.field, v.got)
	return nil
}

// instantValue is a point in time.
type instantValue struct {
	mapping
	field *timetypes.RFC3339
	got   immuta.Lenient[string]
}

func (v instantValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, v.field.ValueString())
	}
	return nil
}

func (v instantValue) read() diag.Diagnostics {
	*v.field = tf.Instant(*v.field, v.got)
	return nil
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

func (v columnsValue) read() diag.Diagnostics { return nil }

// reservedValue is a key that Immuta keeps for itself.
type reservedValue struct{ mapping }

func (v reservedValue) send(immuta.Settings, immuta.Metadata) diag.Diagnostics { return nil }

func (v reservedValue) read() diag.Diagnostics { return nil }

// secretValue is a secret in either of its forms.
type secretValue struct {
	mapping
	secret tf.Secret
}

func (v secretValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if secret, ok := v.secret.Value(); ok {
		v.put(settings, md, secret)
	}
	return nil
}

func (v secretValue) read() diag.Diagnostics { return nil }

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

// defaultValue is a value that is always sent, and of which the state leaves the default out.
type defaultValue[V attr.Value] struct {
	mapping
	field    *V
	fallback V
	null     V
	wire     func(V) any
	got      V // null where nothing was returned
}

func (v defaultValue[V]) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	sent := *v.field
	if !tf.Known(sent) {
		sent = v.fallback
	}
	v.put(settings, md, v.wire(sent))
	return nil
}

func (v defaultValue[V]) read() diag.Diagnostics {
	if !v.got.IsNull() {
		*v.field = defaulted(*v.field, v.got, v.fallback, v.null)
	}
	return nil
}

func intDefault(m mapping, field *types.Int64, fallback int64, a answer) value {
	m.number = true
	got := types.Int64Null()
	if i := immuta.Lookup[immuta.Int](a.handler.Metadata, m.metadata); i.Value != nil {
		got = types.Int64Value(int64(*i.Value))
	}
	return defaultValue[types.Int64]{m, field, types.Int64Value(fallback), types.Int64Null(), wireInt, got}
}

func boolDefault(m mapping, field *types.Bool, fallback bool, a answer) value {
	got := types.BoolNull()
	if b := immuta.Lookup[immuta.Bool](a.handler.Metadata, m.metadata); b.Value != nil {
		got = types.BoolValue(bool(*b.Value))
	}
	return defaultValue[types.Bool]{m, field, types.BoolValue(fallback), types.BoolNull(), wireBool, got}
}

func wireInt(v types.Int64) any { return v.ValueInt64() }
func wireBool(v types.Bool) any { return v.ValueBool() }

// methodValue is authentication_method. Without a default, the key is left out when nothing is configured.
type methodValue struct {
	mapping
	field    *types.String
	fallback string
	got      immuta.Lenient[immuta.Text]
}

func (v methodValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	switch {
	case tf.Known(*v.field):
		v.put(settings, md, v.field.ValueString())
	case v.fallback != "":
		v.put(settings, md, v.fallback)
	}
	return nil
}

func (v methodValue) read() diag.Diagnostics {
	got := optionalText(*v.field, v.got)
	*v.field = defaulted(*v.field, got, types.StringValue(v.fallback), types.StringNull())
	return nil
}

// optionsValue is connection_string_options, which is always sent: what Immuta makes of a missing key is not known.
type optionsValue struct {
	mapping
	field *types.String
	got   immuta.Lenient[immuta.Text]
}

func (v optionsValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	v.put(settings, md, v.field.ValueString())
	return nil
}

func (v optionsValue) read() diag.Diagnostics {
	*v.field = optionalText(*v.field, v.got)
	return nil
}

// catalogValue is catalog_metadata.
type catalogValue struct {
	mapping
	field *types.Object
	got   immuta.Lenient[immuta.CatalogMetadata]
}

func (v catalogValue) send(settings immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	if tf.Known(*v.field) {
		v.put(settings, md, map[string]string{"id": objectText(*v.field, "id"), "provider": objectText(*v.field, "provider")})
	}
	return nil
}

func (v catalogValue) read() diag.Diagnostics {
	switch {
	case v.got.Value != nil && v.got.Value.ID != "":
		*v.field = types.ObjectValueMust(catalogTypes, map[string]attr.Value{
			"id":       types.StringValue(string(v.got.Value.ID)),
			"provider": types.StringValue(string(v.got.Value.Provider)),
		})
	case v.got.Answered || v.field.IsUnknown():
		*v.field = types.ObjectNull(catalogTypes)
	}
	return nil
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
