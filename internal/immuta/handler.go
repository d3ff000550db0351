package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
)

// Metadata are the keys of a handler: its connection and its remote table, differing by technology. Values stay as they
// came, so that keys which this client does not know survive a read and a write unchanged.
type Metadata map[string]json.RawMessage

// Set puts a value under a key. Nil sets null.
func (m Metadata) Set(key string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		// Only strings, numbers, booleans and structs of them are ever set.
		panic(fmt.Sprintf("metadata key %s: %v", key, err))
	}
	m[key] = raw
}

// Lookup reads a key into T; a missing or foreign value is not answered.
func Lookup[T any](m Metadata, key string) Lenient[T] {
	var value Lenient[T]
	if raw, ok := m[key]; ok {
		_ = value.UnmarshalJSON(raw)
	}
	return value
}

// hasAny tells whether an object has one of the keys, if only with null.
func hasAny[T any](object map[string]T, keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := object[key]; return ok })
}

// Text reads a key as a string; "" when it is missing or null.
func (m Metadata) Text(key string) string { return string(Lookup[Text](m, key).Get()) }

// Clone copies m, so that it can be changed.
func (m Metadata) Clone() Metadata { return maps.Clone(m) }

// Same tells whether a key has the same value in both, whatever the spelling of the JSON.
func (m Metadata) Same(other Metadata, key string) bool {
	a, inA := m[key]
	b, inB := other[key]
	return inA == inB && (!inA || SameJSON(a, b))
}

// UserFile is an element of the metadata's userFiles: a file that a connection needs (M).
type UserFile struct {
	KeyName string `json:"keyName"`
	Name    string `json:"userFilename"`
	Content string `json:"content"` // base64
}

// SameJSON tells whether two JSON texts mean the same value.
func SameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

// Handler is the half of a source that depends on its technology, as GET /{prefix}/handler/{id} answers it. Secrets and
// user files never come back (H).
type Handler struct {
	// DataSourceID is missing where the technology's answer calls the data source's id "id".
	DataSourceID     Lenient[Int]
	ID               Lenient[Int]
	Metadata         Metadata
	ConnectionString Lenient[string]
	// Keys are all top-level keys, for what only one technology answers.
	Keys Metadata
}

func (h *Handler) UnmarshalJSON(b []byte) error {
	var keys Metadata
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	*h = Handler{
		DataSourceID:     Lookup[Int](keys, "dataSourceId"),
		ID:               Lookup[Int](keys, "id"),
		Metadata:         Lookup[Metadata](keys, "metadata").Get(),
		ConnectionString: Lookup[string](keys, "connectionString"),
		Keys:             keys,
	}
	return nil
}

// SourceID is the source that the handler belongs to, or 0 where that is not answered. Where a handler does not name its
// source, its "id" is the source's (M).
func (h *Handler) SourceID() int64 { return int64(h.DataSourceID.Or(h.ID).Get()) }

func (h *Handler) lacks() string { return unless(h.Metadata != nil, "holds no metadata") }

func handlerPath(ref HandlerRef) string {
	return fmt.Sprintf("/%s/handler/%d", url.PathEscape(ref.Prefix), ref.ID)
}

// skipCache asks for the handler as it is and not as it was cached: every read here follows a write or looks for drift.
func skipCache() url.Values { return url.Values{"skipCache": {"true"}} }

// prefixWithoutSkipCache is the prefix of the one technology whose routes do not document skipCache (H).
const prefixWithoutSkipCache = "native-s3"

// Handler reads a handler, past Immuta's cache of handlers where its route has a parameter for that.
func (c *Client) Handler(ctx context.Context, ref HandlerRef) (*Handler, error) {
	var query url.Values
	if ref.Prefix != prefixWithoutSkipCache {
		query = skipCache()
	}
	return getOne[Handler](ctx, c, handlerPath(ref), query)
}

// ReplaceHandler writes the whole metadata of a handler. The columns may be left out and are then kept (H).
//
// The documentation does not show how the body is nested: that handler.metadata stands beside connectionString is taken from
// its table of keys (M) and from the body of the bulk route (H).
func (c *Client) ReplaceHandler(ctx context.Context, ref HandlerRef, m Metadata, connectionString string) error {
	body := map[string]any{
		"handler":          map[string]any{"metadata": m},
		"connectionString": connectionString,
	}
	var out evidence // the handler's id, by the reference (M)
	return c.call(ctx, request{method: http.MethodPut, path: handlerPath(ref), query: skipCache(), body: body}, &out)
}
