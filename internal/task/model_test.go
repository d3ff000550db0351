package task

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestFromAPI(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]struct{ state, reason string }{
		`[{"id": 1, "state": "completed"}, {"id": 2, "state": "completed"}]`:                          {"completed", ""},
		`[{"id": 1, "state": "completed"}, {"id": 2, "state": "pending", "reason": "no"}]`:            {"pending", ""},
		`[{"id": 1, "state": "pending", "reason": "why", "metadata": {"column": "other"}}, {"id":2}]`: {"", "why"},
	} {
		var tasks []immuta.Task
		if err := json.Unmarshal([]byte(answer), &tasks); err != nil {
			t.Fatal(err)
		}
		m := model{Column: types.StringValue("kept"), Reason: types.StringNull()}
		m.fromAPI(tasks)
		got := []string{m.State.ValueString(), m.Column.ValueString(), m.Reason.ValueString()}
		if !slices.Equal(got, []string{want.state, "kept", want.reason}) || len(m.TaskIDs.Elements()) != 2 {
			t.Errorf("%s is %+v", answer, m)
		}
	}
}

func TestTaskIDs(t *testing.T) {
	t.Parallel()
	m := model{ID: types.StringValue("4"), TaskIDs: types.ListNull(types.Int64Type)}
	if ids := m.taskIDs(); len(ids) != 1 || ids[0] != 4 {
		t.Errorf("an imported request has the tasks %v", ids)
	}
}
