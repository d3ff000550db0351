package immuta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// job is one background job. States are active, cancelled, completed, created, expired, failed and retry (H).
type job struct {
	ID     Text          `json:"id"`
	State  Text          `json:"state"`
	Output Lenient[Text] `json:"output"`
}

// failedJobs returns an error when a job of the bulk operation has failed. Tenants differ in how jobs are asked for, so
// an answer that cannot be had or understood says nothing.
func (c *Client) failedJobs(ctx context.Context, bulkID string) error {
	if bulkID == "" {
		return nil
	}
	var jobs Lenient[many[job]]
	r := request{method: http.MethodGet, path: "/jobs", query: url.Values{"bulkId": {bulkID}}, accept: "*/*"}
	a, err := c.send(ctx, r)
	if err != nil || json.Unmarshal(a.body, &jobs) != nil {
		return nil //nolint:nilerr // see above: whether the jobs are done shows in the source
	}
	var failed []string
	for _, j := range jobs.Get() {
		switch j.State {
		case "failed", "expired", "cancelled":
			output := firstText(c.show(string(j.Output.Get())), "no output")
			failed = append(failed, fmt.Sprintf("job %s of Immuta %s: %s", c.showUpTo(string(j.ID), maxExcerpt), j.State, output))
		}
		if len(failed) == maxFindings {
			break
		}
	}
	if failed == nil {
		return nil
	}
	return errors.New(cut(strings.Join(failed, "\n"), maxMessage))
}
