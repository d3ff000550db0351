package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// PolicyInfo is what policies do to a profile's view of a source. The shape of visibilities and filters is not known (L).
type PolicyInfo struct {
	VisibilityRuleApplies Lenient[Bool]               `json:"visibilityRuleApplies"`
	Masked                Lenient[many[MaskedColumn]] `json:"masked"`
	Visibilities          Lenient[json.RawMessage]    `json:"visibilities"`
	AdditionalFilters     Lenient[json.RawMessage]    `json:"additionalFilters"`
}

func (p *PolicyInfo) lacks() string {
	told := p.VisibilityRuleApplies.Answered || p.Masked.Answered || p.Visibilities.Answered || p.AdditionalFilters.Answered
	return unless(told, "tells of no policy")
}

// MaskedColumn is a column that is not shown as it is (M).
type MaskedColumn struct {
	Name       Lenient[Text]            `json:"name"`
	Type       Lenient[Text]            `json:"type"`
	ActionType Lenient[Text]            `json:"actionType"`
	Metadata   Lenient[json.RawMessage] `json:"metadata"`
}

// PolicyInfo reads what policies do to a profile's view: GET /dataSource/{id}/users/{profileId}/policyInfo (M).
func (c *Client) PolicyInfo(ctx context.Context, sourceID, profileID int64, projectID *int64) (PolicyInfo, error) {
	query := queryOf(struct {
		ProjectID *int64 `url:"projectId,omitempty"`
	}{projectID})
	out, err := get[one[PolicyInfo]](ctx, c, profilePath(sourceID, profileID)+"/policyInfo", query)
	return out.Value, c.orUnknownRoute(ctx, sourceID, err)
}

func profilePath(sourceID, profileID int64) string {
	return fmt.Sprintf("%s/users/%d", sourcePath(sourceID), profileID)
}

// VisibilityReport sums up how much of a source a user sees (M).
type VisibilityReport struct {
	DataSource                  Lenient[Int]                `json:"dataSource"`
	DataSourceName              Lenient[Text]               `json:"dataSourceName"`
	NoVisibilities              Lenient[Bool]               `json:"noVisibilities"`
	DataSourceVisibilitiesCount Lenient[Int]                `json:"dataSourceVisibilitiesCount"`
	UserVisibilitiesCount       Lenient[Int]                `json:"userVisibilitiesCount"`
	DenialReason                Lenient[Text]               `json:"denialReason"`
	Masked                      Lenient[many[MaskedColumn]] `json:"masked"`
	AllowMaskedJoins            Lenient[Bool]               `json:"allowMaskedJoins"`
	AdditionalFilters           Lenient[json.RawMessage]    `json:"additionalFilters"`
	PolicySet                   Lenient[json.RawMessage]    `json:"policySet"`
}

// MyVisibilityReport is the caller's own: GET /dataSource/{id}/visibilityReport (M).
func (c *Client) MyVisibilityReport(ctx context.Context, sourceID int64) (VisibilityReport, error) {
	return c.visibilityReport(ctx, sourceID, sourcePath(sourceID), nil)
}

// VisibilityReport is that of a profile: GET /dataSource/{id}/users/{profileId}/visibilityReport (M).
func (c *Client) VisibilityReport(ctx context.Context, sourceID, profileID int64, informationOnly, includeNestedColumns *bool) (VisibilityReport, error) {
	query := queryOf(struct {
		InformationOnly      *bool `url:"informationOnly,omitempty"`
		IncludeNestedColumns *bool `url:"includeNestedColumns,omitempty"`
	}{informationOnly, includeNestedColumns})
	return c.visibilityReport(ctx, sourceID, profilePath(sourceID, profileID), query)
}

func (c *Client) visibilityReport(ctx context.Context, sourceID int64, path string, query url.Values) (VisibilityReport, error) {
	path += "/visibilityReport"
	out, err := get[one[VisibilityReport]](ctx, c, path, query)
	if err != nil {
		return VisibilityReport{}, c.orUnknownRoute(ctx, sourceID, err)
	}
	return out.Value, isAbout(http.MethodGet+" "+path, "data source", sourceID, out.Value.DataSource.Get())
}

func (v *VisibilityReport) lacks() string {
	told := v.DataSource.Answered || v.NoVisibilities.Answered || v.Masked.Answered || v.PolicySet.Answered
	return unless(told, "holds no report")
}
