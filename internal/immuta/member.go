package immuta

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Member is a row of GET /dataSource/{id}/access (H; a group row's shape is a guess, L).
type Member struct {
	// SubscriptionID is 0 where access comes from a policy or a group rather than from a subscription.
	SubscriptionID Int  `json:"subscriptionId"`
	ProfileID      Int  `json:"profile"`
	GroupID        Int  `json:"group"`
	Name           Text `json:"name"`
	State          Text `json:"state"`
}

// Members yields who has access to a source.
func (c *Client) Members(ctx context.Context, sourceID int64) iter.Seq2[Member, error] {
	return pages(func(offset, size int) (page[Member], error) {
		var out struct {
			Users many[Member] `json:"users"`
			Count Int          `json:"count"`
		}
		query := url.Values{"offset": {strconv.Itoa(offset)}, "size": {strconv.Itoa(size)}}
		err := c.get(ctx, sourcePath(sourceID)+"/access", query, &out)
		return page[Member]{Hits: out.Users, Count: out.Count}, err
	}, func(m Member) string {
		return string(m.Name) + "\x00" + strconv.FormatInt(int64(m.ProfileID), 10) + "\x00" + strconv.FormatInt(int64(m.GroupID), 10)
	})
}
