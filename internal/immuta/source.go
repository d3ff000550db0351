package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Source is a data source as GET /dataSource/{id}, /dataSource/name/{name} and /dataSource/sqlTableName/{name} answer
// it (H for the keys that are plain here; a [Lenient] one is missing on some tenants).
type Source struct {
	ID                Int          `json:"id"`
	Name              Text         `json:"name"`
	SQLSchemaName     Text         `json:"sqlSchemaName"`
	SQLTableName      Text         `json:"sqlTableName"`
	Type              Text         `json:"type"`
	CreatedBy         Int          `json:"createdBy"`
	CreatedAt         Text         `json:"createdAt"`
	UpdatedAt         Text         `json:"updatedAt"`
	RowCount          Lenient[Int] `json:"rowCount"`
	Status            Text         `json:"status"`
	PolicyHandlerType Text         `json:"policyHandlerType"`
	SubscriptionType  Text         `json:"subscriptionType"`
	Technology        Text         `json:"blobHandlerType"`
	// Deleted says that the source is disabled: soft-deleted, and restorable.
	Deleted Bool `json:"deleted"`

	Description            Lenient[string]          `json:"description"`
	Documentation          Lenient[string]          `json:"documentation"`
	RecordFormat           Lenient[string]          `json:"recordFormat"`
	Organization           Lenient[string]          `json:"organization"`
	Category               Lenient[string]          `json:"category"`
	HasExamples            Lenient[Bool]            `json:"hasExamples"`
	Private                Lenient[Bool]            `json:"private"`
	Expiration             Lenient[string]          `json:"expiration"`
	ColumnEvolutionEnabled Lenient[Bool]            `json:"columnEvolutionEnabled"`
	CatalogMetadata        Lenient[CatalogMetadata] `json:"catalogMetadata"`
	SchemaEvolutionID      Lenient[Int]             `json:"schemaEvolutionId"`

	// What is documented no further stays as it came.
	PolicyHandler      Lenient[json.RawMessage] `json:"policyHandler"`
	SubscriptionPolicy Lenient[json.RawMessage] `json:"subscriptionPolicy"`
	GlobalPolicies     Lenient[json.RawMessage] `json:"globalPolicies"`

	// BlobHandler holds the handler's URL; the reference calls it an array, real answers hold an object (H).
	BlobHandler Lenient[one[blobHandler]] `json:"blobHandler"`

	// OwnSubscription is the caller's own access.
	OwnSubscription
}

func (s *Source) lacks() string { return unless(s.ID != 0, "holds no id") }

// CatalogMetadata links a source to an asset of an external catalog.
type CatalogMetadata struct {
	ID       Text `json:"id"`
	Provider Text `json:"provider"`
}

type blobHandler struct {
	URL Text `json:"url"`
}

// Birth is what no other source has, on this tenant or another: its id, when it was made and by whom. Empty where Immuta does
// not tell.
func (s *Source) Birth() string { return birth(s.ID, s.CreatedAt, s.CreatedBy) }

// birth is nothing where the time is missing: ids alone repeat on every tenant.
func birth(id Int, at Text, by Int) string {
	if at == "" {
		return ""
	}
	return fmt.Sprintf("%d at %s by %d", int64(id), at, int64(by))
}

// HandlerRef says which handler a source has.
type HandlerRef struct {
	// Prefix is the technology's path segment, ID the handler's id.
	Prefix string
	ID     int64
}

// Handler finds the source's handler. The last segment of blobHandler.url is its id and the one before "handler" the
// technology's prefix: the only way from a source to its handler (H).
func (s *Source) Handler() (HandlerRef, bool) {
	u, err := url.Parse(string(s.BlobHandler.Get().Value.URL))
	if err != nil {
		return HandlerRef{}, false
	}
	found := handlerURL.FindStringSubmatch(u.Path)
	if found == nil {
		return HandlerRef{}, false
	}
	id, err := strconv.ParseInt(found[2], 10, 64)
	if err != nil || id < 1 {
		return HandlerRef{}, false
	}
	return HandlerRef{Prefix: found[1], ID: id}, true
}

var handlerURL = regexp.MustCompile(`([^/]+)/handler/(\d+)/*$`)

// WithWriteOnlyKeys fills the keys that s does not answer, but the answer to a PUT of the same source did: organization,
// category, has-examples and private are missing from the documented answer of a GET.
func (s Source) WithWriteOnlyKeys(saved Source) Source {
	s.Organization = s.Organization.Or(saved.Organization)
	s.Category = s.Category.Or(saved.Category)
	s.HasExamples = s.HasExamples.Or(saved.HasExamples)
	s.Private = s.Private.Or(saved.Private)
	s.Expiration = s.Expiration.Or(saved.Expiration)
	s.ColumnEvolutionEnabled = s.ColumnEvolutionEnabled.Or(saved.ColumnEvolutionEnabled)
	return s
}

func sourcePath(id int64) string { return fmt.Sprintf("/dataSource/%d", id) }

// Source reads a source by its id. A disabled source is answered too. [IsNotFound] means that there is none, by one answer.
func (c *Client) Source(ctx context.Context, id int64) (*Source, error) {
	source, err := getOne[Source](ctx, c, sourcePath(id), nil)
	if err != nil {
		return nil, err
	}
	return source, isAbout(http.MethodGet+" "+sourcePath(id), "data source", id, source.ID)
}

// SourceByName reads a source by its exact name.
func (c *Client) SourceByName(ctx context.Context, name string) (*Source, error) {
	source, err := getOne[Source](ctx, c, namePath(name), nil)
	if err != nil {
		return nil, err
	}
	return source, c.isNamed(source, name)
}

func namePath(name string) string { return "/dataSource/name/" + url.PathEscape(name) }

// isNamed returns an error when a source that was asked for by its name has another. Whether Immuta minds the case is not
// known (L).
func (c *Client) isNamed(s *Source, name string) error {
	if strings.EqualFold(strings.TrimSpace(string(s.Name)), strings.TrimSpace(name)) {
		return nil
	}
	return &WrongObjectError{
		Request: http.MethodGet + " " + namePath(name),
		What:    fmt.Sprintf("data source %q", name), Got: fmt.Sprintf("data source %d (%s)", s.ID, c.name(s.Name)),
	}
}

// SourceBySQLTable reads a source by the name of its table in Immuta.
func (c *Client) SourceBySQLTable(ctx context.Context, table string) (*Source, error) {
	path := "/dataSource/sqlTableName/" + url.PathEscape(table)
	source, err := getOne[Source](ctx, c, path, nil)
	if err == nil && !strings.EqualFold(string(source.SQLTableName), table) {
		err = &WrongObjectError{
			Request: http.MethodGet + " " + path, What: fmt.Sprintf("table %q", table), Got: "table " + c.name(source.SQLTableName),
		}
	}
	return source, err
}

// isAbout returns an error when an answer is about another object than the request. An id that is not answered (0) proves
// nothing either way.
func isAbout(request, what string, asked int64, got Int) error {
	if got == 0 || int64(got) == asked {
		return nil
	}
	return &WrongObjectError{Request: request, What: fmt.Sprintf("%s %d", what, asked), Got: fmt.Sprintf("%s %d", what, int64(got))}
}

// Settings are the keys of PUT /dataSource/{id} that are to change; the rest stays as it is (H).
type Settings map[string]any

// UpdateSource changes settings and returns the record that Immuta saved (H).
func (c *Client) UpdateSource(ctx context.Context, id int64, s Settings) (Source, error) {
	var out one[Source]
	r := request{method: http.MethodPut, path: sourcePath(id), body: s}
	if err := c.call(ctx, r, &out); err != nil {
		return Source{}, err
	}
	return out.Value, isAbout(r.String(), "data source", id, out.Value.ID)
}

// RestoreSource brings a disabled source back (H: {"deleted": false} in a working client).
func (c *Client) RestoreSource(ctx context.Context, id int64) error {
	_, err := c.UpdateSource(ctx, id, Settings{"deleted": false})
	return err
}

// DisableSource disables a source and returns the source as it was seen disabled. It goes through
// PUT /dataSource/bulk/disable because that cannot destroy anything however often it is sent, unlike DELETE. The work
// is done by a job, so the source is read until it is disabled; a job that failed ends the wait with its output.
func (c *Client) DisableSource(ctx context.Context, id int64) (*Source, error) {
	started, err := c.BulkUpdate(ctx, BulkUpdate{Kind: BulkDisable, SourceIDs: []int64{id}})
	if StatusOf(err) == http.StatusNotFound {
		// Whoever says that: the source is asked.
		return c.lookDisabled(ctx, id, err)
	}
	if err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		source, err := c.Source(ctx, id)
		if err != nil || bool(source.Deleted) {
			return source, err
		}
		if err := c.failedJobs(ctx, started.BulkID); err != nil {
			return nil, err
		}
		if err := c.config.Wait(ctx, delay(attempt, 0)); err != nil {
			return nil, fmt.Errorf("data source %d is not disabled yet: %w", id, err)
		}
	}
}

// lookDisabled looks at a source of which a call to disable it was answered that something does not exist. A source that is
// live after that was not disabled, whatever the answer says.
func (c *Client) lookDisabled(ctx context.Context, id int64, cause error) (*Source, error) {
	source, err := c.Source(ctx, id)
	if err == nil && !bool(source.Deleted) {
		return nil, fmt.Errorf("data source %d was not disabled and is still live: %w", id, cause)
	}
	return source, err
}
