package handler

import (
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// Technology names a technology in the three vocabularies that meet here.
type Technology struct {
	// Name is the middle of the resource type: immuta_<name>_data_source.
	Name string
	// Prefix is the first path segment of the handler's routes.
	Prefix string
	// Label is Immuta's own word, blobHandlerType.
	Label string
	// Title is what people call it, for texts.
	Title string
}

// ResourceType is the full name of the resource type.
func (t Technology) ResourceType() string { return "immuta_" + t.Name + "_data_source" }

// Descriptor is what the lifecycle knows of a technology whose model is M.
type Descriptor[M any] struct {
	Technology Technology
	// Description is the resource's documentation, in Markdown.
	Description string
	// Attributes are the schema's attributes besides those of [Common].
	Attributes func() map[string]schema.Attribute
	// Common returns the part of the model that every source has.
	Common func(*M) *Common
	// Values are all attributes that are sent or read, with what Immuta returned for each.
	Values func(*M, answer) []value
	// Secrets are the values of the model that no message may show. Optional: a technology without it has none.
	Secrets func(*M) []string

	// Validate checks what no single attribute can. Values may be unknown. Optional.
	Validate func(config *M) diag.Diagnostics
	// PlanCreate fills in what a create sets by itself where nothing is configured, such as names that derive from others. Optional.
	PlanCreate func(plan, config *M)
	// PlanUpdate marks as unknown what an update will change by itself, and refuses what cannot be changed. Optional.
	PlanUpdate func(state, plan *M) diag.Diagnostics
	// RequireSecrets checks that the secrets are there which Immuta must be sent. Why says what for. Optional: a technology without
	// it has none.
	RequireSecrets func(config *M, why string) diag.Diagnostics
	// Remote yields the attributes that name the remote data, by their names; AllowsRemoteChange tells whether they may change in
	// place. Optional: a technology without them never changes them in place.
	Remote             func(*M) iter.Seq2[string, types.String]
	AllowsRemoteChange func(*M) types.Bool
	// Replaces tells whether a change needs a new source. Optional: a technology without it changes in place.
	Replaces func(state, plan *M) bool

	// CreateBody is the payload that registers the source. It takes the configuration, which holds the write-only
	// secrets, after PlanCreate.
	CreateBody func(config *M) (any, diag.Diagnostics)
	// SettingsAfterCreate names the settings that CreateBody cannot carry: a settings PUT follows the create for them.
	SettingsAfterCreate []string
	// PatchMetadata is what the handler must be told on the way from state to plan, nil for nothing. A nil state means
	// all. Optional: a technology without it has nothing in its handler that could change.
	PatchMetadata func(state, plan, config *M) (*MetadataPatch, diag.Diagnostics)

	// MatchesListing tells whether a row of the search listing shows nothing that differs from the state, besides what
	// Common compares itself. Optional.
	MatchesListing func(state *M, row immuta.SourceRow) bool
	// SameRemote tells whether a found source stands for the same remote object as the configuration, so that it may be
	// restored in its place.
	SameRemote func(config *M, found *immuta.Handler) bool
	// RemoteSearch narrows a search to the sources that could stand for the same remote object.
	RemoteSearch func(config *M) immuta.Search
	// OtherRemote tells from a search's row alone that a source stands for something else, which saves reading it. Optional.
	OtherRemote func(config *M, row immuta.SourceRow) bool
	// RemotePath is the attribute that names the remote object, for errors about it.
	RemotePath path.Path
	// Fields maps wire keys to the attributes they come from, besides those of Values. Optional.
	Fields tf.Fields
}

// MetadataPatch is what is laid over the metadata of a handler: keys that are not in it stay as Immuta has them.
type MetadataPatch struct {
	Set    immuta.Metadata
	Remove []string
	// Numbers are keys that go back as numbers even where Immuta returns them as texts.
	Numbers []string
	// Causes are the attributes whose change makes the patch necessary. None: a secret has a new version.
	Causes []path.Path
}

func (p *MetadataPatch) apply(current immuta.Metadata) immuta.Metadata {
	out := current.Clone()
	for _, key := range p.Remove {
		delete(out, key)
	}
	for key, value := range p.Set {
		out[key] = value
	}
	for _, key := range p.Numbers {
		if number := immuta.Lookup[immuta.Int](out, key); number.Value != nil {
			out.Set(key, int64(*number.Value))
		}
	}
	return out
}

// describer is implemented by every Resource, whatever its model.
type describer interface {
	technology() Technology
	connection() tf.Connection
}

// ResourceTypes maps the technologies' labels, as Immuta returns them, to those of the resources that manage their sources.
func ResourceTypes(resources []func() resource.Resource) map[string]string {
	types := map[string]string{}
	for _, construct := range resources {
		if d, ok := construct().(describer); ok {
			t := d.technology()
			types[t.Label] = t.ResourceType()
		}
	}
	return types
}

// Connections are those of the technologies that have a server, by the technologies' names.
func Connections(resources []func() resource.Resource) map[string]tf.Connection {
	connections := map[string]tf.Connection{}
	for _, construct := range resources {
		if d, ok := construct().(describer); ok {
			if c := d.connection(); len(c.Keys) > 0 {
				connections[d.technology().Name] = c
			}
		}
	}
	return connections
}

func (r *Resource[M]) connection() tf.Connection {
	c := tf.Connection{Prefix: r.d.Technology.Prefix, Keys: map[string]string{}}
	for _, m := range mappingsOf(r.d.Values(new(M), answer{})) {
		steps := m.at.Steps()
		if len(steps) == 2 && steps[0].Equal(path.PathStepAttributeName("server")) {
			c.Keys[strings.TrimPrefix(m.at.String(), "server.")] = m.metadata
		}
	}
	return c
}
