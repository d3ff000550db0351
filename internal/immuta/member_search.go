package immuta

import "context"

// MemberSearch narrows GET /dataSource/{id}/access (M). Zero fields are not sent.
type MemberSearch struct {
	States                  []string
	Approved                *bool
	Text                    string
	ExpandGroups            *bool
	IgnoreSystemGenerated   *bool
	FilterBySchemaEvolution *bool
	SortField               string
	SortOrder               string
}

func (s MemberSearch) params() params {
	p := params{}
	p.texts("states", s.States)
	p.flag("approved", s.Approved)
	p.text("searchText", s.Text)
	p.flag("expandGroups", s.ExpandGroups)
	p.flag("ignoreSystemGenerated", s.IgnoreSystemGenerated)
	p.flag("filterBySchemaEvolution", s.FilterBySchemaEvolution)
	p.text("sortField", s.SortField)
	p.text("sortOrder", s.SortOrder)
	return p
}

// FindMembers lists the members of a source that match; with a limit that is not 0, only so many.
func (c *Client) FindMembers(ctx context.Context, sourceID int64, s MemberSearch, limit int64) (Rows[Member], error) {
	rows, err := collect(limit, c.memberPage(ctx, sourceID, s.params()), Member.key)
	return rows, c.orMissingRoute(ctx, sourceID, err)
}
