package fake

// mineNoun serves what the caller has access to.
func mineNoun() noun {
	return noun{routes: []route{get("/dataSource/rpc/mine", listMine)}}
}

func listMine(c *call) (any, error) {
	rows := []object{}
	for _, s := range c.t.sources {
		if s.Deleted || c.t.roleOf(s.ID, c.caller.profileID) == "" {
			continue
		}
		rows = append(rows, object{
			"id": s.ID, "name": s.Name, "type": "queryable", "sqlTableName": orNull(s.SQLTableName), "sqlSchemaName": orNull(s.SQLSchemaName),
			"blobHandlerType": s.Technology, "sparkUseJDBC": false,
		})
	}
	return rows, nil
}
