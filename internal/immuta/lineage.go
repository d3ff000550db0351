package immuta

import (
	"context"
	"encoding/json"
)

// Lineage is what a source is derived from and what is derived from it (M). The side that was not asked for may be missing (L).
type Lineage struct {
	Parents  Lenient[many[Relative]] `json:"parents"`
	Children Lenient[many[Relative]] `json:"children"`
}

func (l *Lineage) lacks() string {
	return unless(l.Parents.Answered || l.Children.Answered, "holds neither parents nor children")
}

// Relative is a parent or a child of a derived source (M).
type Relative struct {
	DataSourceID      Int                      `json:"dataSourceId"`
	DataSourceName    Text                     `json:"dataSourceName"`
	ProjectID         Lenient[Int]             `json:"projectId"`
	Deleted           Lenient[Bool]            `json:"deleted"`
	CreatedBy         Lenient[Int]             `json:"createdBy"`
	CreatedAt         Lenient[string]          `json:"createdAt"`
	PolicyHandlerDiff Lenient[json.RawMessage] `json:"policyHandlerDiff"`
}

// The sides of a lineage.
const (
	LineageParents  = "parents"
	LineageChildren = "children"
	LineageAll      = "all"
)

// Lineage reads one side of a source's lineage, or both: GET /dataSource/{id}/lineage/{side} (M).
func (c *Client) Lineage(ctx context.Context, sourceID int64, side string) (Lineage, error) {
	out, err := get[one[Lineage]](ctx, c, sourcePath(sourceID)+"/lineage/"+side, nil)
	return out.Value, c.orMissingRoute(ctx, sourceID, err)
}
