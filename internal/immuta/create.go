package immuta

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Created is the answer of a create. Every field may be missing: DataSourceID is 0 then.
type Created struct {
	DataSourceID, HandlerID int64
	ConnectionString        string
	// Warnings is what Immuta noticed, such as a source that is not healthy.
	Warnings []string
}

func (c *Created) UnmarshalJSON(b []byte) error {
	var out one[struct {
		ID               Lenient[Int]        `json:"id"`
		DataSourceID     Lenient[Int]        `json:"dataSourceId"`
		Warnings         Lenient[many[Text]] `json:"warnings"` // a string by the documentation (M), maybe a list (L)
		ConnectionString Lenient[string]     `json:"connectionString"`
	}]
	if err := json.Unmarshal(b, &out); err != nil {
		return err
	}
	*c = Created{
		DataSourceID:     int64(out.Value.DataSourceID.Get()),
		HandlerID:        int64(out.Value.ID.Get()),
		ConnectionString: out.Value.ConnectionString.Get(),
	}
	for _, text := range out.Value.Warnings.Get() {
		if text != "" {
			c.Warnings = append(c.Warnings, string(text))
		}
	}
	return nil
}

// CreateSource registers a source: POST /{prefix}/handler with a body that depends on the technology. A body with one
// handler as an object is answered synchronously (M).
func (c *Client) CreateSource(ctx context.Context, prefix string, body any) (Created, error) {
	var out Created
	r := request{method: http.MethodPost, path: "/" + prefix + "/handler", body: body}
	if err := c.call(ctx, r, &out); err != nil {
		return out, err
	}
	out.Warnings = out.Warnings[:min(len(out.Warnings), maxFindings)]
	for i, text := range out.Warnings {
		out.Warnings[i] = c.show(text) // it may quote the password that was sent
	}
	return out, nil
}

func (c *Created) lacks() string { return unless(c.DataSourceID != 0, "holds no data source id") }

// LookUpCreated finds out what became of a create that was sent at the given time and got no answer to trust. It
// returns the source of that name, and whether it was made by that very create: by this caller and, by the server's own
// clock, not before the create was sent. The server's clock is known to the second, from the Date of this answer.
func (c *Client) LookUpCreated(ctx context.Context, name string, sent time.Time) (source *Source, ours bool, err error) {
	var out one[Source]
	a, err := c.exchange(ctx, request{method: http.MethodGet, path: namePath(name)}, &out)
	if err != nil {
		return nil, false, err
	}
	source = &out.Value
	if err := c.isNamed(source, name); err != nil {
		return nil, false, err
	}
	begin := a.date.Add(-time.Since(sent)).Truncate(time.Second)
	created, ok := ParseTime(string(source.CreatedAt))
	if !ok || a.date.IsZero() || created.Before(begin) {
		return source, false, nil
	}
	caller, err := c.CurrentUser(ctx)
	if err != nil {
		return source, false, err
	}
	return source, int64(source.CreatedBy) == caller.ID, nil
}
