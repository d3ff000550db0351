package immuta

import "context"

// PurposeSource is a source with a policy that restricts its use to purposes (M).
type PurposeSource struct {
	ID Int `json:"id"`
	// Name is an array in the reference, which cannot be meant (L).
	Name         one[Text]                       `json:"name"`
	PolicyID     Lenient[Int]                    `json:"policyId"`
	Restrictions Lenient[many[PurposeCondition]] `json:"restrictions"`
}

// PurposeCondition is a restriction to all ("and") or any ("or") of some purposes (M).
type PurposeCondition struct {
	Operator Lenient[Text]  `json:"operator"`
	Purposes Lenient[texts] `json:"purposes"`
}

// SourcesByPurpose lists the sources that fit a set of purposes: GET /dataSource/byPurposes, in one answer (M).
func (c *Client) SourcesByPurpose(ctx context.Context, purposes []string, excludedProjects []int64) ([]PurposeSource, error) {
	query := queryOf(struct {
		Purposes         []string `url:"purposes,omitempty"`
		ExcludedProjects []int64  `url:"excludedProjects,omitempty"`
	}{purposes, excludedProjects})
	return get[bare[PurposeSource]](ctx, c, "/dataSource/byPurposes", query)
}
