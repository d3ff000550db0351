package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Activity is an entry of a source's feed (H).
type Activity struct {
	ID               Int                      `json:"id"`
	ModelType        Lenient[Text]            `json:"modelType"`
	ModelID          Lenient[Text]            `json:"modelId"`
	NotificationType Lenient[Text]            `json:"notificationType"`
	Read             Lenient[Bool]            `json:"read"`
	Metadata         Lenient[json.RawMessage] `json:"metadata"`
	CreatedAt        Lenient[string]          `json:"createdAt"`
	UpdatedAt        Lenient[string]          `json:"updatedAt"`
	ActionBy         Lenient[Person]          `json:"actionBy"`
	TargetUser       Lenient[Person]          `json:"targetUser"`
}

// Details reads what is known of the metadata.
func (a Activity) Details() ActivityMetadata {
	var details Lenient[ActivityMetadata]
	_ = details.UnmarshalJSON(a.Metadata.Get())
	return details.Get()
}

// ActivityMetadata is what is known of an activity's metadata (H); the rest differs by type.
type ActivityMetadata struct {
	DataSourceName Lenient[Text] `json:"dataSourceName"`
	Activity       Lenient[Text] `json:"activity"`
	Action         Lenient[Text] `json:"action"`
}

// Person is somebody who is named in an answer (H).
type Person struct {
	ID    Lenient[Int]  `json:"id"`
	Name  Lenient[Text] `json:"name"`
	Email Lenient[Text] `json:"email"`
}

// UnmarshalJSON implements [json.Unmarshaler]. The reference calls people arrays, real answers hold an object (H).
func (p *Person) UnmarshalJSON(b []byte) error {
	type plain Person
	var out one[plain]
	err := json.Unmarshal(b, &out)
	*p = Person(out.Value)
	return err
}

// activityPage is a [page] under the name that this list gives its rows (H).
type activityPage struct {
	Activities rows[Activity] `json:"activities"`
	Count      Lenient[Int]   `json:"count"`
}

func (p *activityPage) lacks() string { return p.Activities.lacks("activities") }

// Activities reads a source's feed: GET /dataSource/{id}/activities; with a limit that is not 0, only so many.
func (c *Client) Activities(ctx context.Context, sourceID, limit int64) (Rows[Activity], error) {
	rows, err := collect(limit, func(offset, size int) (page[Activity], error) {
		out, err := get[activityPage](ctx, c, sourcePath(sourceID)+"/activities", paged(url.Values{}, offset, size))
		if rows := len(out.Activities.items); int(out.Count.Get()) == rows && rows == size {
			// "The number of results" could be those of the page (L): then a full page does not tell whether it is the last.
			out.Count = Lenient[Int]{}
		}
		return page[Activity]{Hits: out.Activities, Count: out.Count}, err
	}, func(a Activity) Int { return a.ID })
	return rows, c.orMissingRoute(ctx, sourceID, err)
}

// Health is what the checks of a source found, by their name in the API: blob, sql, stats and so on. A check that does not
// apply is missing or null.
type Health map[string]Check

// Check is the outcome of one check. The key of the outcome is documented, the rest of the shape is not (L).
type Check struct {
	Status Lenient[Text]
	JSON   Lenient[json.RawMessage]
}

// UnmarshalJSON implements [json.Unmarshaler]. A bare text is taken for the status.
func (k *Check) UnmarshalJSON(b []byte) error {
	_ = k.JSON.UnmarshalJSON(b)
	var object struct {
		Status Lenient[Text] `json:"status"`
	}
	if json.Unmarshal(b, &object) == nil {
		k.Status = object.Status
		return nil
	}
	_ = k.Status.UnmarshalJSON(b)
	return nil
}

// Failed tells whether the check failed. Known words are "passed" and "failed" (M).
func (k Check) Failed() bool {
	return strings.EqualFold(string(k.Status.Get()), "failed") || strings.EqualFold(string(k.Status.Get()), "error")
}

// RunHealthChecks runs the checks of a source and waits for them: GET /dataSource/{id}/test (M). It looks at the remote platform and
// may change the status of the source.
func (c *Client) RunHealthChecks(ctx context.Context, sourceID int64) (Health, error) {
	out, err := get[one[Health]](ctx, c, sourcePath(sourceID)+"/test", nil)
	return out.Value, c.orMissingRoute(ctx, sourceID, err)
}

// healthChecks are the names of all checks (M).
var healthChecks = []string{
	"blob", "columnEvolution", "externalCatalog", "fingerprint", "globalPolicy", "highCardinality", "schemaEvolution", "sdd", "sql", "stats",
}

func (h *Health) lacks() string { return unless(hasAny(*h, healthChecks...), "holds no check") }

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
func (c *Client) VisibilityReport(
	ctx context.Context, sourceID, profileID int64, informationOnly, includeNestedColumns *bool,
) (VisibilityReport, error) {
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
