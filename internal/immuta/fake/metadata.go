package fake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// commonMetadata is what every SQL platform's handler takes.
var commonMetadata = keys{
	"hostname": text, "port": integer, "ssl": boolean, "database": text,
	"username": text, "password": text, "userFiles": list{keys{"keyName": text, "content": base64Text, "userFilename": text}},
	"connectionStringOptions": text,
	"schema":                  text, "table": text, "query": text, "schemaProjectName": text,
	"bodataSchemaName": text, "bodataTableName": text, "dataSourceName": text,
	"staleDataTolerance": integer, "eventTime": text, "disableClassify": boolean,
	"columns": list{column}, "format": text, "isChildDataSource": boolean,
}

// requiredMetadata is what no SQL platform's handler does without.
var requiredMetadata = []string{
	"hostname", "port", "database", "bodataSchemaName", "bodataTableName", "dataSourceName", "staleDataTolerance",
}

// connectionMetadata is what PUT /{prefix}/bulk may change on every SQL platform.
var connectionMetadata = []string{
	"hostname", "port", "ssl", "database", "username", "password", "userFiles", "authenticationMethod", "connectionStringOptions",
}

// computedMetadata is what a client that puts back what it got sends along.
var computedMetadata = []string{"highCardinality", "columnsNormalized"}

// column is a column in a handler's metadata or in a dictionary.
var column = keys{
	"name": required{text}, "dataType": required{text}, "remoteType": required{text}, "nullable": boolean, "isPrimaryKey": boolean,
	"remoteColumn": text, "description": text, "tags": list{keys{"name": text, "source": text, "deleted": boolean, "addedBy": anything}},
}

// allowedMetadata is what a technology's handler takes. What the handler already has may always be put back.
func (t *Tenant) allowedMetadata(tech *Technology, current object) keys {
	allowed := maps.Clone(commonMetadata)
	for _, key := range slices.Concat(tech.Required, tech.Allowed) {
		allowed[key] = anything
	}
	for key := range t.settings.metadataKeys {
		allowed[key] = anything
	}
	for method := range tech.Auth {
		if method != "" {
			allowed["authenticationMethod"] = text
		}
	}
	if current == nil {
		return allowed
	}
	for _, key := range slices.Concat(computedMetadata, slices.Collect(maps.Keys(current)), slices.Collect(maps.Keys(tech.Extra))) {
		if _, known := allowed[key]; !known {
			allowed[key] = anything
		}
	}
	return allowed
}

// checkMetadata refuses metadata with keys that have no place in it, and metadata that lacks what the technology or the
// authentication method needs.
func (t *Tenant) checkMetadata(tech *Technology, metadata, current object) error {
	const path = "handler.metadata"
	if metadata == nil {
		return refuse(missing(path))
	}
	problems := t.allowedMetadata(tech, current).problems(path, metadata)
	required := slices.Concat(requiredMetadata, tech.Required)
	if isEmpty(metadata, "query") {
		required = append(required, "schema", "table")
	}
	method := textAt(metadata, "authenticationMethod")
	needed, known := tech.Auth[method]
	switch {
	case known || len(tech.Auth) == 0:
		required = append(required, needed...)
	case method == "":
		required = append(required, "authenticationMethod")
	default:
		problems = append(problems, fmt.Sprintf("%q must be one of %q", path+".authenticationMethod", slices.Sorted(maps.Keys(tech.Auth))))
	}
	for _, key := range required {
		if isEmpty(metadata, key) {
			problems = append(problems, missing(path+"."+key))
		}
	}
	return refuse(problems...)
}

// fold writes identifiers as the remote would.
func (s *settings) fold(tech *Technology, metadata object) {
	if s.lowerCaseHostnames && !isEmpty(metadata, "hostname") {
		metadata["hostname"] = strings.ToLower(textAt(metadata, "hostname"))
	}
	if !s.foldedIdentifiers || tech.Fold == nil {
		return
	}
	for _, key := range []string{"database", "schema", "table"} {
		if !isEmpty(metadata, key) {
			metadata[key] = tech.Fold(textAt(metadata, key))
		}
	}
}

// connectionString is username@hostname:port/database, without the first part when there is no user.
func connectionString(metadata object) string {
	remote := textAt(metadata, "hostname") + ":" + strconv.Itoa(intAt(metadata, "port")) + "/" + textAt(metadata, "database")
	if isEmpty(metadata, "username") {
		return remote
	}
	return textAt(metadata, "username") + "@" + remote
}
