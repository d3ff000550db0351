package immuta_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestAuthors(t *testing.T) {
	t.Parallel()
	wantRead(t, map[string]immuta.Author{
		`7`: {ID: 7}, `"7"`: {ID: 7}, `null`: {}, `{"id": "7", "name": "Ada", "email": null}`: {ID: 7, Name: "Ada"}, `[{"id": 7}]`: {ID: 7},
		`"Ada"`: {},
	})
}

func TestCommentThatIsMissing(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	id := addSource(tenant)
	client := connect(t, tenant, retries(0))
	for source, missing := range map[int64]bool{id: false, 5: false} {
		if _, err := client.Comment(t.Context(), source, 1); !immuta.IsNotFound(err) || immuta.IsMissingRoute(err) != missing {
			t.Errorf("%d: %v", source, err)
		}
	}
	// A list that cannot be read proves nothing.
	tenant.Fault(fake.Fault{Path: "/dataSource/*/comments", Status: http.StatusInternalServerError})
	if _, err := client.Comment(t.Context(), id, 1); err == nil || immuta.IsNotFound(err) {
		t.Error(err)
	}
	tenant.Configure(fake.Without(fake.Comments))
	if _, err := client.Comment(t.Context(), id, 1); !immuta.IsMissingRoute(err) || immuta.IsNotFound(err) {
		t.Error(err)
	}
	if _, err := client.Comment(t.Context(), 5, 1); !immuta.IsNotFound(err) {
		t.Error(err)
	}
}

func TestTasksAnswers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id": 1, "metadata": {"column": "a"}}`:        "a",
		`{"id": 1, "metadata": "{\"column\": \"a\"}"}`:  "a",
		`{"id": 1, "metadata": "no JSON"}`:              "",
		`{"id": 1, "metadata": null, "reason": {}}`:     "",
		`{"id": "1", "metadata": ["a"], "state": null}`: "",
	} {
		var task immuta.Task
		if err := json.Unmarshal([]byte(text), &task); err != nil || task.ID != 1 || task.Metadata.Get().Column.Get() != want {
			t.Errorf("%s is %+v, %v", text, task, err)
		}
	}
	for text, want := range map[string]int64{
		`{"requestingUserProfile": 7}`: 7, `{"requester": {"id": "7"}}`: 7, `{"requester": 7}`: 7, `{}`: 0, `{"requester": "Ada"}`: 0,
	} {
		var task immuta.Task
		if err := json.Unmarshal([]byte(text), &task); err != nil || task.RequestedBy() != want {
			t.Errorf("%s: %d, %v", text, task.RequestedBy(), err)
		}
	}
}

// TestTasksAreFoundWithoutCompletingThem walks every way to a task and looks at what was asked for.
func TestTasksAreFoundWithoutCompletingThem(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	source := tenant.AddSource(fake.SourceSpec{})
	client := connect(t, tenant, retries(0))
	tasks, err := client.RequestUnmasking(t.Context(), int64(source), immuta.UnmaskRequest{Column: "name", Reason: "r",
		ProfileIDs: []int64{fake.DefaultProfileID}})
	wantNoError(t, err)
	id := int64(tasks[0].ID)
	found, err := client.UnmaskTasks(t.Context(), int64(source), []int64{id, 5})
	if err != nil || len(found) != 1 || found[0].State != immuta.TaskPending {
		t.Fatalf("%+v, %v", found, err)
	}
	tenant.Fault(fake.Fault{Method: "DELETE", Reset: true, When: fake.After})
	wantNoError(t, client.DeleteUnmaskTask(t.Context(), int64(source), id))
	if n := tenant.Journal().Count("GET", "/dataSource/tasks/*"); n > 0 {
		t.Errorf("%d requests that complete a task", n)
	}
	var queries []string
	for _, request := range tenant.Journal().Filter("GET", "/dataSource/*/tasks") {
		queries = append(queries, request.Query.Get("types"))
	}
	wantEqual(t, "what was asked for", queries, []string{"unmask", "unmask", "unmask", "unmask"})
}
