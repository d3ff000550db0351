package fake

// evolutions are the schema evolution records, one per connection.
var evolutions = &slot[map[string]int]{fresh: func() *map[string]int { return &map[string]int{} }}

// schemaEvolutionOf is the id of a connection's record, made on first use.
func schemaEvolutionOf(t *Tenant, connection string) int {
	known := *evolutions.of(t)
	if _, ok := known[connection]; !ok {
		known[connection] = firstSchemaEvolutionID + len(known)
	}
	return known[connection]
}
