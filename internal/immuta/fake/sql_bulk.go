package fake

import (
	"maps"
	"slices"
)

// bulkUpdateSQL overlays connection keys on the sources with these ids, or with this connection string, one job each.
func bulkUpdateSQL(c *call, tech *Technology) (any, error) {
	body := c.object()
	metadata := objectAt(objectAt(body, "handler"), "metadata")
	if len(metadata) == 0 {
		return nil, refuse(missing("handler.metadata"))
	}
	allowed := keys{}
	for _, key := range slices.Concat(connectionMetadata, tech.ConnectionKeys) {
		allowed[key] = anything // a client is known to send "true" for ssl
	}
	if err := refuse(allowed.problems("handler.metadata", metadata)...); err != nil {
		return nil, err
	}
	ids, selector := intsAt(body, "ids"), textAt(body, "connectionString")
	if (len(ids) == 0) == (selector == "") {
		return nil, badRequest(`Invalid request: exactly one of "ids" and "connectionString" is required`)
	}
	if ssl, isText := metadata["ssl"].(string); isText {
		metadata["ssl"] = ssl == "true"
	}
	if selector != "" {
		ids = c.t.sourcesConnectedBy(tech, selector)
	}
	answer, err := c.bulkJobs(ids, job{kind: "connection", connectionString: selector}, func(s *Source) error {
		return c.t.overlay(tech, s, metadata)
	})
	if err != nil {
		return nil, err
	}
	answer["connectionString"] = selector
	return answer, nil
}

func (t *Tenant) sourcesConnectedBy(tech *Technology, selector string) []int {
	var ids []int
	for _, s := range t.sources {
		if h := t.handlers[s.HandlerID]; h.tech.Prefix == tech.Prefix && connectionString(h.metadata) == selector {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// overlay changes single metadata keys of a source, secrets included.
func (t *Tenant) overlay(tech *Technology, s *Source, changes object) error {
	h := t.handlers[s.HandlerID]
	if h.tech.Prefix != tech.Prefix {
		return notFound("Data source not found.")
	}
	merged := maps.Clone(h.metadata)
	maps.Copy(merged, changes)
	if err := t.tableTaken(tech, merged, h); err != nil {
		return err
	}
	kept := h.secrets
	t.store(h, merged)
	if isEmpty(changes, "password") {
		h.secrets.Password = kept.Password
	}
	if _, sent := changes["userFiles"]; !sent {
		h.secrets.UserFiles = kept.UserFiles
	}
	s.UpdatedAt = t.clock.now
	return nil
}
