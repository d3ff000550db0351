package fake

import "cmp"

// record is how a source is answered by id, by name and by table.
func (c *call) record(s *Source) object {
	t := c.t
	h := t.handlers[s.HandlerID]
	record := object{
		"id":                     s.ID,
		"name":                   s.Name,
		"description":            t.textOrNull(s.Description),
		"documentation":          t.textOrNull(s.Documentation),
		"recordFormat":           recordFormat(s),
		"type":                   "queryable",
		"createdBy":              s.CreatedBy,
		"createdAt":              s.CreatedAt.Format(timestamp),
		"updatedAt":              s.UpdatedAt.Format(timestamp),
		"deleted":                s.Deleted,
		"sqlSchemaName":          orNull(s.SQLSchemaName),
		"sqlTableName":           orNull(s.SQLTableName),
		"blobHandlerType":        s.Technology,
		"blobHandler":            t.listed(object{"url": c.base + h.path(), "ca": object{"name": "default"}, "manualDictionary": false}),
		"policyHandler":          nil,
		"policyHandlerType":      "None",
		"subscriptionType":       s.SubscriptionType,
		"subscriptionPolicy":     nil,
		"globalPolicies":         nil,
		"status":                 s.Status,
		"statusInfo":             object{},
		"rowCount":               0,
		"recordCount":            0,
		"statsExpiration":        nil,
		"fingerprintCreatedAt":   nil,
		"expiration":             momentOrNull(s.Expiration),
		"catalogMetadata":        s.CatalogMetadata,
		"workspace":              nil,
		"seeded":                 false,
		"schemaEvolutionId":      idOrNull(s.SchemaEvolutionID),
		"schemaEvolution":        nil,
		"columnEvolutionEnabled": s.ColumnEvolutionEnabled,
		"acknowledgeRequired":    false,
		"filterId":               nil,
		"requestedState":         nil,
		"subscribers":            nil,
		"domains":                []any{},
		"accessPolicies":         nil,
		"tags":                   orEmpty(s.Tags),
		// Not documented anywhere; a client must not mind keys it does not know.
		"isEphemeral": false,
		"nativeInfo":  object{"views": []any{}},
	}
	c.addCallersView(record, s)
	if t.settings.unlistedKeys {
		t.addUnlistedKeys(record, s)
		record["connectionString"] = h.connectionString()
	}
	return record
}

// addCallersView adds what is different for each user.
func (c *call) addCallersView(record object, s *Source) {
	record["subscriptionId"], record["subscriptionStatus"] = nil, c.subscriptionStatus(s)
	record["subscribedAsUser"], record["approved"], record["subscriptionExpiration"] = false, false, nil
	m := c.t.member(s.ID, c.caller.profileID)
	if m == nil {
		return
	}
	record["subscriptionId"], record["subscribedAsUser"] = idOrNull(m.SubscriptionID), true
	record["approved"], record["subscriptionExpiration"] = !m.Pending, momentOrNull(m.Expiration)
	if m.Pending {
		record["requestedState"] = m.State
	}
}

// status is a member's role, or pending as long as it is not approved.
func (m *Member) status() string {
	if m.Pending {
		return "pending"
	}
	return m.State
}

// addUnlistedKeys adds what the documented record of a source does not have.
func (t *Tenant) addUnlistedKeys(record object, s *Source) {
	record["private"] = s.Private
	record["organization"] = t.textOrNull(s.Organization)
	record["category"] = t.textOrNull(s.Category)
	record["hasExamples"] = s.HasExamples
}

// row is how a source is answered in the search listing.
func (c *call) row(s *Source) object {
	h := c.t.handlers[s.HandlerID]
	return object{
		"id":                 s.ID,
		"name":               s.Name,
		"recordFormat":       recordFormat(s),
		"deleted":            s.Deleted,
		"description":        c.t.textOrNull(s.Description),
		"createdAt":          s.CreatedAt.Format(timestamp),
		"subscriptionPolicy": nil,
		"subscriptionType":   s.SubscriptionType,
		"subscriptionStatus": c.subscriptionStatus(s),
		"schemaEvolutionId":  idOrNull(s.SchemaEvolutionID),
		"recordCount":        0,
		"status":             s.Status,
		"blobHandlerType":    s.Technology,
		"connectionString":   h.connectionString(),
		"sqlSchemaName":      orNull(s.SQLSchemaName),
		"remoteTable":        h.metadata["table"],
		"remoteSchema":       h.metadata["schema"],
		"domainId":           nil,
		"domainName":         nil,
		"policy":             "None",
		"policyHandlerType":  "None",
		"native":             nil,
		"workspace":          nil,
	}
}

func (c *call) subscriptionStatus(s *Source) string {
	if m := c.t.member(s.ID, c.caller.profileID); m != nil {
		return m.status()
	}
	return "not_subscribed"
}

// recordFormat reads back as a phrase when none was given.
func recordFormat(s *Source) string { return cmp.Or(s.RecordFormat, "Not Provided") }

func (t *Tenant) textOrNull(value string) any {
	if t.settings.emptyTexts {
		return value
	}
	return orNull(value)
}

func idOrNull(id int) any {
	if id == 0 {
		return nil
	}
	return id
}
