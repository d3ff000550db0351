package fake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

func searchNoun() noun {
	return noun{routes: []route{get("/dataSource", search).taking(parameters{
		"blobHandlerType": asTexts, "tag": asTexts, "searchText": asText, "column": asTexts, "connectionString": asTexts,
		"schema": asText, "hostname": asText, "dataSourceIds": asNumbers, "excludedProjects": asNumbers, "clusterName": asText,
		"globalPolicy": asText, "publicOnly": asFlag, "ephemeral": asFlag, "nameOnly": asFlag, "idOnly": asFlag,
		"offset": asNumber, "size": asNumber,
		"subscription": asWord("pending", "owner", "subscribed", "not_subscribed", "expert", "ingest").repeated(),
		"status":       asWord("passed", "failed").repeated(),
		"selectFields": asWord("id", "name", "columnEvolutionEnabled").repeated(),
		"sortField": asWord("createdAt", "name", "blobHandlerType", "subscriptionStatus", "recordCount", "status", "policy",
			"editable"),
		"sortOrder": asWord("asc", "desc"),
		"mode":      asWord("0", modeCount, "4", "5", "6"),
	})}}
}

const modeCount = "1"

// search answers one page of the sources that fit, live and disabled, and how many fit in all.
func search(c *call) (any, error) {
	offset, size := c.number("offset", 0), c.number("size", defaultPageSize)
	if offset < 0 || size < 1 {
		return nil, badRequest(`Invalid request: "offset" must not be negative and "size" must be positive`)
	}
	var found []*Source
	for _, s := range c.t.sources {
		if c.finds(s) {
			found = append(found, s)
		}
	}
	c.sort(found)
	if c.query.Get("mode") == modeCount {
		return object{"hits": []any{}, "count": len(found), "facets": object{}}, nil
	}
	return c.counted(object{"hits": rowsOf(paged(c, found, size), c.selected), "facets": object{}}, len(found)), nil
}

// finds says whether a source passes every filter of a search.
func (c *call) finds(s *Source) bool {
	h := c.t.handlers[s.HandlerID]
	connection, _ := h.connectionString().(string)
	return c.wants("blobHandlerType", s.Technology) &&
		c.wants("subscription", c.subscriptionStatus(s)) &&
		c.wants("status", s.Status) &&
		c.wants("connectionString", connection) &&
		c.wants("hostname", textAt(h.metadata, "hostname")) &&
		c.wants("dataSourceIds", strconv.Itoa(s.ID)) &&
		(c.wants("schema", s.SQLSchemaName) || c.wants("schema", textAt(h.metadata, "schema"))) &&
		(!c.query.Has("tag") || slices.ContainsFunc(s.Tags, func(tag Tag) bool { return c.wants("tag", tag.Name) })) &&
		(!c.query.Has("column") || slices.ContainsFunc(c.t.columnsOf(s.ID), func(col Column) bool { return c.wants("column", col.Name) })) &&
		c.textFits(s) &&
		(!c.flag("publicOnly") || !s.Private) &&
		// There are no ephemeral sources, no named clusters and no global policies here.
		!c.flag("ephemeral") && !c.query.Has("clusterName") && !c.query.Has("globalPolicy")
}

// textFits looks for searchText in the name and, unless nameOnly is set, elsewhere.
func (c *call) textFits(s *Source) bool {
	return c.mentions(s.Name) || !c.flag("nameOnly") && c.mentions(s.Description+"\n"+s.SQLTableName)
}

// sort orders by the wanted field, and by id where that makes no difference.
func (c *call) sort(found []*Source) {
	key := map[string]func(*Source) string{
		"name":               func(s *Source) string { return strings.ToLower(s.Name) },
		"blobHandlerType":    func(s *Source) string { return s.Technology },
		"subscriptionStatus": c.subscriptionStatus,
		"status":             func(s *Source) string { return s.Status },
		"createdAt":          func(s *Source) string { return s.CreatedAt.Format(timestamp) },
	}[c.query.Get("sortField")]
	if key == nil { // The same for every source here.
		key = func(*Source) string { return "" }
	}
	direction := 1
	if c.query.Get("sortOrder") == "desc" {
		direction = -1
	}
	slices.SortStableFunc(found, func(a, b *Source) int {
		return direction * cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ID, b.ID))
	})
}

// selected is a row, or as much of it as the search asks for.
func (c *call) selected(s *Source) object {
	fields := c.query["selectFields"]
	if c.flag("idOnly") {
		fields = []string{"id"}
	}
	if len(fields) == 0 {
		return c.row(s)
	}
	row := object{"subscriptionStatus": c.subscriptionStatus(s)}
	for _, field := range fields {
		switch field {
		case "id":
			row["id"] = s.ID
		case "name":
			row["name"] = s.Name
		case "columnEvolutionEnabled":
			row["columnEvolutionEnabled"] = s.ColumnEvolutionEnabled
			row["policy"], row["workspace"] = "None", nil
		}
	}
	return row
}
