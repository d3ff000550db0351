package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// RecalculateHighCardinality starts the job that finds the column with the most distinct values, and returns the name of its
// run: PUT /{prefix}/handler/{id}/triggerHighCardinalityJob (M).
func (c *Client) RecalculateHighCardinality(ctx context.Context, ref HandlerRef) (run string, err error) {
	return c.trigger(ctx, ref, "triggerHighCardinalityJob")
}

// RefreshNativeView starts the job that writes the native view of a source anew, and returns the name of its run:
// PUT /{prefix}/handler/{id}/refreshNativeViewJob (M). Databricks and S3 are documented without it.
func (c *Client) RefreshNativeView(ctx context.Context, ref HandlerRef) (run string, err error) {
	return c.trigger(ctx, ref, "refreshNativeViewJob")
}

// trigger starts a job of a handler. A handler that was just read exists, so a 404 is about the call.
func (c *Client) trigger(ctx context.Context, ref HandlerRef, job string) (run string, err error) {
	r := request{method: http.MethodPut, path: handlerPath(ref) + "/" + job}
	r.verify = func(a answer) error {
		var lack string
		if run, lack = runName(a.body); lack != "" {
			return c.unreadable(r, a, lack)
		}
		return nil
	}
	_, err = c.send(ctx, r)
	if IsNotFound(err) {
		return "", missingRoute(err)
	}
	return c.showUpTo(run, maxExcerpt), err
}

// runName reads the answer to a trigger: "a string of characters that identify the job run" (M). Whether that is a JSON string or
// bare text is not known (L); an object that tells more than a message is taken as well.
func runName(body []byte) (name, lack string) {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("{")) {
		var out evidence
		if json.Unmarshal(body, &out) != nil {
			return "", "names no job"
		}
		return string(Lookup[Text](out.keys, "id").Get()), out.lacks()
	}
	var text Text
	if json.Unmarshal(body, &text) != nil {
		text = Text(body)
	}
	return string(text), unless(text != "", "names no job")
}
