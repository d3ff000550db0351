package immuta

import (
	"context"
	"encoding/json"
	"strings"
)

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
