package immuta

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Search narrows GET /dataSource. Zero fields are not sent.
type Search struct {
	Text          string
	Schema        string
	Hostname      string
	Technologies  []string
	DataSourceIDs []int64
}

func (s Search) query() url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("searchText", s.Text)
	set("schema", s.Schema)
	set("hostname", s.Hostname)
	for _, t := range s.Technologies {
		q.Add("blobHandlerType", t)
	}
	for _, id := range s.DataSourceIDs {
		q.Add("dataSourceIds", strconv.FormatInt(id, 10))
	}
	return q
}

// SourceRow is a source in the answer of a search (H; remoteTable and remoteSchema only on newer tenants).
type SourceRow struct {
	ID               Int             `json:"id"`
	Name             Text            `json:"name"`
	Deleted          Bool            `json:"deleted"`
	Description      Lenient[string] `json:"description"`
	Technology       Text            `json:"blobHandlerType"`
	ConnectionString Lenient[string] `json:"connectionString"`
	SQLSchemaName    Lenient[string] `json:"sqlSchemaName"`
	RemoteSchema     Lenient[string] `json:"remoteSchema"`
	RemoteTable      Lenient[string] `json:"remoteTable"`
}

// SearchSources yields the sources that match, page by page as they are asked for.
func (c *Client) SearchSources(ctx context.Context, s Search) iter.Seq2[SourceRow, error] {
	return pages(func(offset, size int) (page[SourceRow], error) {
		query := s.query()
		query.Set("offset", strconv.Itoa(offset))
		query.Set("size", strconv.Itoa(size))
		var out page[SourceRow]
		err := c.get(ctx, "/dataSource", query, &out)
		return out, err
	}, func(row SourceRow) Int { return row.ID })
}
