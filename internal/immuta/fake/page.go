package fake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const defaultPageSize = 10

// page is a part of a list, as offset and size say.
func page[E any](all []E, offset, size int) []E {
	from := min(max(offset, 0), len(all))
	return all[from : from+min(max(size, 0), len(all)-from)]
}

// paged is the page of a list that a request asks for, unless the tenant has its own ideas of pages.
func paged[E any](c *call, all []E, size int) []E {
	offset := c.number("offset", 0)
	if c.t.settings.repeatedPages {
		offset = 0
	}
	if limit := c.t.settings.pageCap; limit > 0 {
		size = min(size, limit)
	}
	return page(all, offset, size)
}

// counted adds to a page how many rows there are in all.
func (c *call) counted(list object, total int) object {
	if !c.t.settings.withoutCounts {
		list["count"] = total
	}
	return list
}

// sorted puts rows in the order that a request asks for: by the value at a path, if there is one, the other way round if
// the sortOrder, or without one the usual order, is "desc".
func (c *call) sorted(rows []object, path, usual string) []object {
	if path != "" {
		key := func(row object) string {
			value, _ := valueAt(row, path)
			return fmt.Sprint(value)
		}
		slices.SortStableFunc(rows, func(a, b object) int { return strings.Compare(key(a), key(b)) })
	}
	if cmp.Or(c.query.Get("sortOrder"), usual) == "desc" {
		slices.Reverse(rows)
	}
	return rows
}
