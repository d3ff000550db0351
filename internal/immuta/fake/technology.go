package fake

import (
	"cmp"
	"slices"
	"strings"
)

// A Technology is one kind of remote platform, as a literal of static facts. The SQL platforms differ in nothing else.
type Technology struct {
	Prefix string // the first segment of its paths, such as "snowflake"
	Label  string // its blobHandlerType, such as "Snowflake"
	Port   int    // what sources that a test adds use

	// Required and Allowed are metadata keys besides those that every SQL platform has; Required ones are allowed as well.
	// A Seed gives the Required ones that serverKeys lists, as texts.
	Required []string
	Allowed  []string

	// ConnectionKeys are those of Required and Allowed that belong to the connection, so that PUT /{prefix}/bulk takes them.
	ConnectionKeys []string

	// Auth lists the authentication methods and the metadata keys that each needs. The method "" is the one in force when
	// authenticationMethod is left out; without it the key is required, and with no other it is not allowed. Nil asks for
	// nothing.
	Auth map[string][]string

	// RefreshNativeView says whether refreshNativeViewJob exists.
	RefreshNativeView bool

	// Fold is how the platform folds identifiers; nil leaves them as they are.
	Fold func(string) string

	// Extra is what a handler's metadata holds when nobody sent it.
	Extra map[string]any

	// Seed is metadata of the sources that a test adds.
	Seed map[string]any

	kind kind // nil: SQL
}

// A kind is what sets the SQL platforms and object storage apart.
type kind interface {
	// routes serves the technology's own paths.
	routes(tech *Technology) []route
	// seed makes the metadata of a source that a test adds.
	seed(tech *Technology, spec SourceSpec) object
	// described is what a Seed says of a source besides seedSource.
	described(tech *Technology, source object) keys
	// spec is what a Seed said of a source with that.
	spec(source object) SourceSpec
	// table identifies what a source stands for on the remote; "" when nothing keeps it unique.
	table(metadata object) string
	// connectionString is user@host:port/database, or nil.
	connectionString(metadata object) any
}

func (tech *Technology) behavior() kind {
	if tech.kind == nil {
		return sqlKind{}
	}
	return tech.kind
}

// technologies are those that every tenant has.
func technologies() []*Technology {
	return []*Technology{azureSynapse(), databricks(), nativeS3(), redshift(), snowflake(), trino()}
}

func technologyNoun() noun {
	return noun{routes: []route{get("/dataSource/blobHandlerTypes", blobHandlerTypes)}}
}

func (t *Tenant) register(tech *Technology) {
	t.technologies = slices.DeleteFunc(t.technologies, func(o *Technology) bool { return o.Prefix == tech.Prefix })
	t.technologies = append(t.technologies, tech)
	t.router.add(tech.behavior().routes(tech)...)
}

func (t *Tenant) technologyByLabel(label string) *Technology {
	return find(t.technologies, func(tech *Technology) bool { return tech.Label == label })
}

// blobHandlerTypes is the list of what the caller may create, by name.
func blobHandlerTypes(c *call) (any, error) {
	types := rowsOf(c.t.technologies, func(tech *Technology) object {
		return object{"name": tech.Label, "baseUrl": c.base + "/" + tech.Prefix, "config": []any{}, "port": tech.Port, "driver": nil}
	})
	slices.SortFunc(types, func(a, b object) int {
		return cmp.Compare(strings.ToLower(textAt(a, "name")), strings.ToLower(textAt(b, "name")))
	})
	return types, nil
}
