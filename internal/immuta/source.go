package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
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

	// What the facts do not describe any further stays as it came.
	PolicyHandler      Lenient[json.RawMessage] `json:"policyHandler"`
	SubscriptionPolicy Lenient[json.RawMessage] `json:"subscriptionPolicy"`
	GlobalPolicies     Lenient[json.RawMessage] `json:"globalPolicies"`

	// BlobHandler holds the handler's URL; the reference calls it an array, real answers hold an object (H).
	BlobHandler Lenient[one[blobHandler]] `json:"blobHandler"`
}

// CatalogMetadata links a source to an asset of an external catalog.
type CatalogMetadata struct {
	ID       Text `json:"id"`
	Provider Text `json:"provider"`
}

type blobHandler struct {
	URL Text `json:"url"`
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
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(segments) < 3 || segments[len(segments)-2] != "handler" {
		return HandlerRef{}, false
	}
	ref := HandlerRef{Prefix: segments[len(segments)-3]}
	ref.ID, err = strconv.ParseInt(segments[len(segments)-1], 10, 64)
	if err != nil || ref.ID < 1 || ref.Prefix == "" {
		return HandlerRef{}, false
	}
	return ref, true
}

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

// escapeSegment escapes a text as one segment of a path. Whatever stands between could take "." and ".." for steps in the
// path, so their dots are escaped too.
func escapeSegment(s string) string {
	if s == "." || s == ".." {
		return strings.ReplaceAll(s, ".", "%2E")
	}
	return url.PathEscape(s)
}

func sourcePath(id int64) string { return fmt.Sprintf("/dataSource/%d", id) }

// Source reads a source by its id. A disabled source is answered too; [IsNotFound] means gone for good.
func (c *Client) Source(ctx context.Context, id int64) (*Source, error) {
	return c.readSource(ctx, sourcePath(id))
}

// SourceByName reads a source by its exact name.
func (c *Client) SourceByName(ctx context.Context, name string) (*Source, error) {
	return c.readSource(ctx, "/dataSource/name/"+escapeSegment(name))
}

// SourceBySQLTable reads a source by the name of its table in Immuta.
func (c *Client) SourceBySQLTable(ctx context.Context, table string) (*Source, error) {
	return c.readSource(ctx, "/dataSource/sqlTableName/"+escapeSegment(table))
}

func (c *Client) readSource(ctx context.Context, path string) (*Source, error) {
	var out one[Source]
	if err := c.get(ctx, path, nil, &out); err != nil {
		return nil, err
	}
	if out.Value.ID == 0 {
		return nil, &UnreadableError{Request: http.MethodGet + " " + path, Reason: "it holds no id"}
	}
	return &out.Value, nil
}

// Settings are the keys of PUT /dataSource/{id} that are to change; the rest stays as it is (H).
type Settings map[string]any

// UpdateSource changes settings and returns the record that Immuta saved. On a tenant that answers with nothing, the
// record is empty.
func (c *Client) UpdateSource(ctx context.Context, id int64, s Settings) (Source, error) {
	var out one[Source]
	err := c.call(ctx, request{method: http.MethodPut, path: sourcePath(id), body: s}, &out)
	return out.Value, err
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
	bulk, err := c.bulk(ctx, "disable", []int64{id})
	if err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		source, err := c.Source(ctx, id)
		if err != nil || bool(source.Deleted) {
			return source, err
		}
		if err := c.failedJobs(ctx, bulk); err != nil {
			return nil, err
		}
		if err := c.wait(ctx, delay(attempt, 0)); err != nil {
			return nil, fmt.Errorf("data source %d is not disabled yet: %w", id, err)
		}
	}
}
