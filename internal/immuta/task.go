package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// The states of a task.
const (
	TaskPending   = "pending"
	TaskCompleted = "completed"
)

// Task is something that somebody is asked to do about a source, as GET /dataSource/{id}/tasks answers it (M).
//
// There is no call to read one task. GET /dataSource/tasks/{taskId} looks like it, but does what the task asks for and marks
// it as completed (M): nothing here may ever send that to learn something.
type Task struct {
	ID          Int                   `json:"id"`
	SourceID    Lenient[Int]          `json:"dataSourceId"`
	Source      Lenient[ref]          `json:"dataSource"` // in lists (L)
	State       Text                  `json:"state"`
	Type        Text                  `json:"type"`
	Reason      Lenient[string]       `json:"reason"`
	CreatedAt   Lenient[string]       `json:"createdAt"`
	RequesterID Lenient[Int]          `json:"requestingUserProfile"`
	Requester   Lenient[Author]       `json:"requester"`
	Metadata    Lenient[TaskMetadata] `json:"metadata"`
}

// RequestedBy is the profile that made the request; 0 when it is not answered.
func (t Task) RequestedBy() int64 {
	if id := t.RequesterID.Get(); id != 0 {
		return int64(id)
	}
	return int64(t.Requester.Get().ID)
}

// Birth is what no other task has, as in [Source.Birth].
func (t Task) Birth() string { return birth(t.ID, Text(t.CreatedAt.Get()), Int(t.RequestedBy())) }

// TaskMetadata is what a request to unmask is about.
type TaskMetadata struct {
	Column Lenient[string] `json:"column"`
}

// UnmarshalJSON implements [json.Unmarshaler]. The reference calls the metadata a string (M), which may hold the object (L).
func (m *TaskMetadata) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		b = []byte(text)
	}
	type plain TaskMetadata
	return json.Unmarshal(b, (*plain)(m))
}

// UnmaskRequest asks people to unmask values of a column. Zero fields are not sent.
type UnmaskRequest struct {
	Column     string
	Reason     string
	ProfileIDs []int64
	ProjectID  int64
	// Values are the masked values in question. That they go in under this key is a guess (L): the answer has them, and no
	// other place is documented.
	Values []string
}

// RequestUnmasking makes the request: POST /dataSource/{id}/reverseMask (M). It answers one task, or one for each of the people
// asked (L), each once. A [IsNotFound] error means that the source does not exist.
func (c *Client) RequestUnmasking(ctx context.Context, sourceID int64, u UnmaskRequest) ([]Task, error) {
	body := map[string]any{"column": u.Column, "unmaskingReason": u.Reason, "unmaskingUsers": u.ProfileIDs}
	if u.ProjectID != 0 {
		body["projectId"] = u.ProjectID
	}
	if len(u.Values) > 0 {
		body["values"] = u.Values
	}
	r := request{method: http.MethodPost, path: sourcePath(sourceID) + "/reverseMask", body: body}
	var tasks madeTasks
	if err := c.call(ctx, r, &tasks); err != nil {
		return nil, c.orMissingRoute(ctx, sourceID, err)
	}
	for _, task := range tasks {
		if err := isAbout(r.String(), "data source", sourceID, task.SourceID.Get()); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

// madeTasks are the tasks that a request was made into: those that have an id.
type madeTasks []Task

// UnmarshalJSON implements [json.Unmarshaler].
func (t *madeTasks) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, (*many[Task])(t))
	*t = distinct(slices.DeleteFunc(*t, func(one Task) bool { return one.ID == 0 }), func(one Task) Int { return one.ID })
	return err
}

func (t *madeTasks) lacks() string {
	if len(*t) == 0 {
		return "holds no task"
	}
	return ""
}

// UnmaskTasks finds tasks of the type unmask by their ids: those which are still there, in the order of the ids. An empty
// result means that none is. A [IsNotFound] error means that the source does not exist.
//
// Which states a list holds that does not ask for any is not known, and neither is whether one parameter may ask for two (L),
// so what is missing is looked for once more among the completed tasks.
func (c *Client) UnmaskTasks(ctx context.Context, sourceID int64, ids []int64) ([]Task, error) {
	found := map[int64]Task{}
	for _, states := range [][]string{{TaskPending, TaskCompleted}, {TaskCompleted}} {
		if err := c.findTasks(ctx, sourceID, states, ids, found); err != nil {
			return nil, err
		}
		if len(found) == len(ids) {
			break
		}
	}
	var tasks []Task
	for _, id := range ids {
		if task, ok := found[id]; ok {
			tasks = append(tasks, task)
		}
	}
	return tasks, nil
}

func (c *Client) findTasks(ctx context.Context, sourceID int64, states []string, ids []int64, found map[int64]Task) error {
	list, err := collect(0, func(offset, size int) (page[Task], error) {
		query := params{"types": {"unmask"}, "states": states}.paged(offset, size)
		return get[page[Task]](ctx, c, tasksPath(sourceID), query)
	}, func(t Task) Int { return t.ID })
	if err != nil {
		return c.orMissingRoute(ctx, sourceID, err)
	}
	for _, task := range list.Items {
		if id := int64(task.ID); slices.Contains(ids, id) {
			found[id] = task
		}
	}
	if len(found) == len(ids) {
		return nil
	}
	request := http.MethodGet + " " + tasksPath(sourceID)
	if list.Unsettled {
		return &UnsettledError{Request: request}
	}
	for _, task := range list.Items {
		// What is missing in the list of another source may well be there.
		if err := isAbout(request, "data source", sourceID, Int(task.Source.Get())); err != nil {
			return err
		}
	}
	return nil
}

// DeleteUnmaskTask deletes a task: DELETE /dataSource/tasks/{taskId} (M).
func (c *Client) DeleteUnmaskTask(ctx context.Context, sourceID, id int64) error {
	path := fmt.Sprintf("/dataSource/tasks/%d", id)
	return c.deleteOnce(ctx, sourceID, path, func(ctx context.Context, _ error) error {
		tasks, err := c.UnmaskTasks(ctx, sourceID, []int64{id})
		if err == nil && len(tasks) == 0 {
			return &AbsentError{Request: http.MethodGet + " " + sourcePath(sourceID) + "/tasks", What: fmt.Sprintf("task %d", id)}
		}
		return err
	})
}
