package fake

import (
	"cmp"
	"maps"
	"slices"
)

// pendingTaskNoun serves what waits for the caller, and what the caller waits for.
func pendingTaskNoun() noun {
	return noun{routes: []route{get("/dataSource/tasks/pending", listPendingTasks).taking(parameters{
		"searchText": asText, "searchModel": asWord("dataSource", "schemaEvolution"), "offset": asNumber, "size": asNumber,
		"schemaEvolutionConnectionString": asText, "countBySchemaEvolution": asFlag, "countByDataSource": asFlag,
		"countOnly": asFlag, "groupByDataSource": asFlag, "types": asTexts,
	})}}
}

// listPendingTasks pages through both sides at once.
func listPendingTasks(c *call) (any, error) {
	var incoming, outgoing []*Task
	for _, task := range tasks.of(c.t).all {
		if task.State != TaskPending || !c.wantsPending(task) {
			continue
		}
		if slices.Contains(task.TargetIDs, c.caller.profileID) {
			incoming = append(incoming, task)
		}
		if task.RequesterID == c.caller.profileID {
			outgoing = append(outgoing, task)
		}
	}
	return object{"incoming": c.pendingSide(incoming), "outgoing": c.pendingSide(outgoing)}, nil
}

func (c *call) wantsPending(task *Task) bool {
	s := c.t.source(task.SourceID)
	if s == nil {
		return false
	}
	connection, _ := c.t.handlers[s.HandlerID].connectionString().(string)
	return c.wants("types", task.Type) && c.wants("schemaEvolutionConnectionString", connection) && c.mentions(s.Name)
}

// pendingSide is one side, in the form that is asked for.
func (c *call) pendingSide(list []*Task) []object {
	byKey := func(key string, of func(*Task) int, row func(id int, tasks []*Task) object) []object {
		groups := map[int][]*Task{}
		for _, task := range list {
			groups[of(task)] = append(groups[of(task)], task)
		}
		rows := []object{}
		for _, id := range slices.Sorted(maps.Keys(groups)) {
			one := row(id, groups[id])
			one[key] = idOrNull(id)
			rows = append(rows, one)
		}
		return rows
	}
	count := func(_ int, tasks []*Task) object { return object{"count": len(tasks)} }
	source := func(task *Task) int { return task.SourceID }
	switch {
	case c.flag("countOnly"):
		return []object{{"count": len(list)}}
	case c.flag("countByDataSource"):
		return byKey("dataSourceId", source, count)
	case c.flag("countBySchemaEvolution"):
		return byKey("schemaEvolutionId", func(task *Task) int { return c.t.source(task.SourceID).SchemaEvolutionID }, count)
	case c.flag("groupByDataSource"):
		return byKey("dataSourceId", source, func(_ int, tasks []*Task) object { return object{"rows": c.pendingRows(tasks)} })
	default:
		return c.pendingRows(paged(c, list, cmp.Or(c.number("size", 0), defaultPageSize)))
	}
}

func (c *call) pendingRows(list []*Task) []object {
	return rowsOf(list, func(task *Task) object {
		row := c.t.taskRow(task)
		row["count"] = 1
		return row
	})
}
