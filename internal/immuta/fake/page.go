package fake

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
