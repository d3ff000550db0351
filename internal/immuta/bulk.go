package immuta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What PUT /dataSource/bulk/{kind} can do to sources (H).
const (
	BulkAddUsers = "add-users"
	BulkDelete   = "delete"
	BulkDisable  = "disable"
	BulkRestore  = "restore"
	BulkTags     = "tags"
)

// BulkUpdate does the same to several sources: they are disabled or restored, or get members or tags besides those that they
// have. Whether BulkDelete disables or destroys is not documented.
type BulkUpdate struct {
	Kind      string
	SourceIDs []int64
	Users     []BulkUser // with BulkAddUsers
	Tags      []TagKey   // with BulkTags
}

// BulkUser is a member to add.
type BulkUser struct {
	ProfileID int64  `json:"id"`
	Role      string `json:"state"`
}

// Started is work that Immuta does in the background, in one job for each source.
type Started struct {
	// BulkID is what the jobs are found by; "" where the answer does not have it.
	BulkID string
	// Jobs is how many there are.
	Jobs Lenient[Int]
}

// BulkUpdate starts an update of several sources: PUT /dataSource/bulk/{kind}. "update" is an object, although the reference
// calls it an array (H for tags, M for users). A deletion is sent once: a second one may mean something else than the first.
func (c *Client) BulkUpdate(ctx context.Context, u BulkUpdate) (Started, error) {
	body := map[string]any{"ids": u.SourceIDs}
	switch u.Kind {
	case BulkAddUsers:
		body["update"] = map[string]any{"profiles": u.Users}
		defer func() {
			for _, id := range u.SourceIDs {
				for _, user := range u.Users {
					c.rosters.wrote(id, Grantee{ProfileID: user.ProfileID})
				}
			}
		}()
	case BulkTags:
		body["update"] = map[string]any{"tags": u.Tags}
	}
	return c.begin(ctx, request{
		method: http.MethodPut, path: "/dataSource/bulk/" + url.PathEscape(u.Kind), body: body, once: u.Kind == BulkDelete,
	})
}

// begin sends a request that is answered {"bulkId", "jobsCreated"}, before the work is done (H). The id is a string or a number
// (H for both); either key may be missing (L).
func (c *Client) begin(ctx context.Context, r request) (Started, error) {
	var out outcome
	if err := c.call(ctx, r, &out); err != nil {
		return Started{}, err
	}
	started := Started{BulkID: string(Lookup[Text](out.keys, "bulkId").Get()), Jobs: Lookup[Int](out.keys, "jobsCreated")}
	return started, out.check(r)
}

// UpdateConnection changes single keys of the connection of sources with these ids or, without any, of all that have this
// connection string: PUT /{prefix}/bulk. Keys that are not in m stay. By ids it is H for Databricks, by connection string M.
func (c *Client) UpdateConnection(
	ctx context.Context, prefix string, sourceIDs []int64, connectionString string, m Metadata,
) (Started, error) {
	body := map[string]any{"handler": map[string]any{"metadata": m}}
	if len(sourceIDs) > 0 {
		body["ids"] = sourceIDs
	} else {
		body["connectionString"] = connectionString
	}
	return c.begin(ctx, request{method: http.MethodPut, path: "/" + url.PathEscape(prefix) + "/bulk", body: body})
}

// Detection is where to look for changes of remote tables. The zero value is everywhere; sources, a server and a schema evolution
// record exclude each other (M).
type Detection struct {
	SourceIDs         []int64 `json:"dataSourceIds,omitempty"`
	Hostname          string  `json:"hostname,omitempty"`
	Port              int64   `json:"port,omitempty"`
	Database          string  `json:"database,omitempty"`
	Table             string  `json:"table,omitempty"`
	SchemaEvolutionID int64   `json:"schemaEvolutionId,omitempty"`
	// SkipColumnDetection looks for new tables only. It goes with a schema evolution record.
	SkipColumnDetection bool `json:"skipColumnDetection,omitempty"`
	// Overrides are for tenants with ephemeral overrides of Databricks.
	Overrides *DetectionOverrides `json:"overrides,omitempty"`
}

// DetectionOverrides is documented as "overrides.httpPath"; that this is a nested object is a guess (L).
type DetectionOverrides struct {
	HTTPPath string `json:"httpPath"`
}

// DetectRemoteChanges starts looking for new tables and changed columns: PUT /dataSource/detectRemoteChanges (M).
func (c *Client) DetectRemoteChanges(ctx context.Context, d Detection) (Started, error) {
	return c.begin(ctx, request{method: http.MethodPut, path: "/dataSource/detectRemoteChanges", body: d})
}

// RefreshNativeViews writes the native views of sources anew: POST /dataSource/bulkRefreshViews (M). What it answers is not
// documented, and may be nothing.
func (c *Client) RefreshNativeViews(ctx context.Context, sourceIDs []int64) error {
	r := request{method: http.MethodPost, path: "/dataSource/bulkRefreshViews", body: map[string]any{"dataSourceIds": sourceIDs}}
	var out Lenient[outcome]
	if err := c.call(ctx, r, &out); err != nil {
		return err
	}
	return out.Get().check(r)
}

// ShowsBulk tells whether a source shows what an update was to do to it, and what it shows instead. A source that does not exist
// any more is what a deletion is for, and an [IsNotFound] error to everything else.
func (c *Client) ShowsBulk(ctx context.Context, u BulkUpdate, sourceID int64) (shown bool, instead string, err error) {
	switch u.Kind {
	case BulkTags:
		tags, err := c.SourceTags(ctx, sourceID)
		if missing := MissingTags(tags, u.Tags); err == nil && len(missing) > 0 {
			return false, fmt.Sprintf("it does not have the tag %q", missing[0].Name), nil
		}
		return err == nil, "", err
	case BulkAddUsers:
		return c.showsUsers(ctx, u.Users, sourceID)
	}
	source, err := c.Source(ctx, sourceID)
	switch {
	case err != nil && u.Kind == BulkDelete && IsNotFound(err):
		err = c.ConfirmSourceGone(ctx, sourceID, err)
		return err == nil, "", err
	case err != nil:
		return false, "", err
	case u.Kind == BulkRestore:
		return !bool(source.Deleted), "it is still disabled", nil
	case u.Kind == BulkDelete && bool(source.Deleted):
		return false, "it is disabled, not deleted", nil
	default:
		return bool(source.Deleted), "it is still live", nil
	}
}

func (c *Client) showsUsers(ctx context.Context, users []BulkUser, sourceID int64) (shown bool, instead string, err error) {
	members, err := c.FindMembers(ctx, sourceID, MemberSearch{}, 0)
	if err != nil {
		return false, "", err
	}
	for _, user := range users {
		who := Grantee{ProfileID: user.ProfileID}
		if !slices.ContainsFunc(members.Items, func(m Member) bool { return m.Grantee() == who && !m.over() }) {
			return false, who.String() + " is no member", nil
		}
	}
	return true, "", nil
}

// ShowsConnection tells whether the handler of a source shows the keys of m, and which it does not. Known is false where nothing
// can be told, because Immuta shows none of them: secrets and user files never come back (H). The case of a text does not count.
func (c *Client) ShowsConnection(ctx context.Context, sourceID int64, m Metadata) (shown, known bool, differs string, err error) {
	source, err := c.Source(ctx, sourceID)
	if err != nil {
		return false, false, "", err
	}
	ref, ok := source.Handler()
	if !ok {
		return false, false, "", nil
	}
	handler, err := c.Handler(ctx, ref)
	if err != nil {
		return false, false, "", err
	}
	for key := range m {
		if _, answered := handler.Metadata[key]; !answered {
			continue
		}
		if !handler.Metadata.Same(m, key) && !strings.EqualFold(handler.Metadata.Text(key), m.Text(key)) {
			return false, true, key, nil
		}
		known = true
	}
	return known, known, "", nil
}
