package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	Column     string  `json:"column"`
	Reason     string  `json:"unmaskingReason"`
	ProfileIDs []int64 `json:"unmaskingUsers"`
	ProjectID  int64   `json:"projectId,omitempty"`
	// Values are the masked values in question. That they go in under this key is a guess (L): the answer has them, and no
	// other place is documented.
	Values []string `json:"values,omitempty"`
}

// RequestUnmasking makes the request: POST /dataSource/{id}/reverseMask (M). It answers one task, or one for each of the people
// asked (L), each once. A [IsNotFound] error means that the source does not exist.
func (c *Client) RequestUnmasking(ctx context.Context, sourceID int64, u UnmaskRequest) ([]Task, error) {
	r := request{method: http.MethodPost, path: sourcePath(sourceID) + "/reverseMask", body: u}
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

func (t *madeTasks) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, (*many[Task])(t))
	*t = distinct(slices.DeleteFunc(*t, func(one Task) bool { return one.ID == 0 }), func(one Task) Int { return one.ID })
	return err
}

func (t *madeTasks) lacks() string { return unless(len(*t) > 0, "holds no task") }

// Unmasker is somebody who may unmask a column (M). The reference calls the name an array, which cannot be meant (L).
type Unmasker struct {
	Name      Lenient[one[Text]] `json:"name"`
	ProfileID Lenient[Int]       `json:"profileId"`
	IAMID     Lenient[Text]      `json:"iamid"`
}

// Unmaskers lists who may unmask a column: GET /dataSource/{id}/{column}/unmaskUsers, in one answer (M).
func (c *Client) Unmaskers(ctx context.Context, sourceID int64, column string) ([]Unmasker, error) {
	out, err := get[bare[Unmasker]](ctx, c, sourcePath(sourceID)+"/"+url.PathEscape(column)+"/unmaskUsers", nil)
	return out, c.orUnknownRoute(ctx, sourceID, err)
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
		query := paged(queryOf(TaskSearch{Types: []string{"unmask"}, States: states}), offset, size)
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

func taskPath(id int64) string { return fmt.Sprintf("/dataSource/tasks/%d", id) }

// CompleteTask does what a task asks for and marks it as completed: GET /dataSource/tasks/{taskId}, although it is a GET (M). It is
// sent once, and what it answers, such as values in the clear, is neither logged nor returned. A lost answer is looked up: a task
// that is not among the pending ones any more is completed.
func (c *Client) CompleteTask(ctx context.Context, id int64) error {
	r := request{method: http.MethodGet, path: taskPath(id), once: true, confidential: true}
	var out evidence
	err := c.call(ctx, r, &out)
	if err == nil || !IsUncertain(err) {
		return c.orUnknownRoute(ctx, 0, err)
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	pending, lookErr := c.PendingTasks(ctx, PendingSearch{})
	if lookErr != nil {
		return fmt.Errorf("%w; what became of task %d could not be looked up: %w", err, id, lookErr)
	}
	for _, task := range slices.Concat(pending.Incoming.Rows, pending.Outgoing.Rows) {
		if int64(task.ID) == id {
			return err
		}
	}
	return nil
}

// DeleteTask deletes any task: DELETE /dataSource/tasks/{taskId} (M). No call tells what became of one, so after a lost answer it
// is deleted once more: its id is its own, so that cannot hit another.
func (c *Client) DeleteTask(ctx context.Context, id int64) error {
	r := request{method: http.MethodDelete, path: taskPath(id)}
	var out evidence
	err := c.call(ctx, r, &out)
	if err == nil || !IsUncertain(err) {
		return c.orUnknownRoute(ctx, 0, err)
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	if err = c.call(ctx, r, &out); IsNotFound(err) {
		return c.ConfirmAnswering(ctx, err)
	}
	return err
}

// DeleteUnmaskTask deletes a task: DELETE /dataSource/tasks/{taskId} (M).
func (c *Client) DeleteUnmaskTask(ctx context.Context, sourceID, id int64) error {
	return c.deleteOnce(ctx, sourceID, taskPath(id), func(ctx context.Context, _ error) error {
		tasks, err := c.UnmaskTasks(ctx, sourceID, []int64{id})
		if err == nil && len(tasks) == 0 {
			return &AbsentError{Request: http.MethodGet + " " + sourcePath(sourceID) + "/tasks", What: fmt.Sprintf("task %d", id)}
		}
		return err
	})
}

// TaskRow is a task in a list (M). The shape of what it holds is not known.
type TaskRow struct {
	ID           Int                      `json:"id"`
	State        Lenient[Text]            `json:"state"`
	Type         Lenient[Text]            `json:"type"`
	TargetNames  Lenient[texts]           `json:"targetNames"`
	TargetEmails Lenient[texts]           `json:"targetEmails"`
	Requester    Lenient[json.RawMessage] `json:"requester"`
	DataSource   Lenient[json.RawMessage] `json:"dataSource"`
	Metadata     Lenient[json.RawMessage] `json:"metadata"`
	CreatedAt    Lenient[string]          `json:"createdAt"`
	UpdatedAt    Lenient[string]          `json:"updatedAt"`
}

// Targets writes names or addresses as one text, which is how they are documented, even if they come as a list.
func Targets[L ~[]Text](l Lenient[L]) Lenient[string] {
	if l.Value == nil {
		return Lenient[string]{Answered: l.Answered}
	}
	list := make([]string, 0, len(*l.Value))
	for _, text := range *l.Value {
		list = append(list, string(text))
	}
	joined := strings.Join(list, ", ")
	return Lenient[string]{Answered: true, Value: &joined}
}

// TaskSearch narrows GET /dataSource/{id}/tasks (M). Zero fields are not sent.
type TaskSearch struct {
	States              []string `url:"states,omitempty"`
	TargetProfileID     *int64   `url:"targetProfileId,omitempty"`
	RequestingProfileID *int64   `url:"requestingUserProfileId,omitempty"`
	ProfileID           *int64   `url:"profileId,omitempty"`
	Text                string   `url:"searchText,omitempty"`
	Model               string   `url:"searchModel,omitempty"`
	Types               []string `url:"types,omitempty"`
	SortField           string   `url:"sortField,omitempty"`
	SortOrder           string   `url:"sortOrder,omitempty"`
}

// FindTasks lists the tasks of a source that match; with a limit that is not 0, only so many.
func (c *Client) FindTasks(ctx context.Context, sourceID int64, s TaskSearch, limit int64) (Rows[TaskRow], error) {
	rows, err := collect(limit, func(offset, size int) (page[TaskRow], error) {
		return get[page[TaskRow]](ctx, c, tasksPath(sourceID), paged(queryOf(s), offset, size))
	}, func(t TaskRow) Int { return t.ID })
	return rows, c.orMissingRoute(ctx, sourceID, err)
}

// CountTasks counts the tasks of a source that match, and reads none.
func (c *Client) CountTasks(ctx context.Context, sourceID int64, s TaskSearch) (Lenient[Int], error) {
	query := queryOf(s)
	query.Set("countOnly", "true")
	out, err := get[tally](ctx, c, tasksPath(sourceID), query)
	return out.Count, c.orMissingRoute(ctx, sourceID, err)
}

func tasksPath(sourceID int64) string { return sourcePath(sourceID) + "/tasks" }

// PendingSearch narrows GET /dataSource/tasks/pending (M). Zero fields are not sent.
type PendingSearch struct {
	Text                            string   `url:"searchText,omitempty"`
	Model                           string   `url:"searchModel,omitempty"`
	Types                           []string `url:"types,omitempty"`
	SchemaEvolutionConnectionString string   `url:"schemaEvolutionConnectionString,omitempty"`
	// The flags change what is answered: counts or groups of tasks instead of tasks.
	CountBySchemaEvolution *bool `url:"countBySchemaEvolution,omitempty"`
	CountByDataSource      *bool `url:"countByDataSource,omitempty"`
	CountOnly              *bool `url:"countOnly,omitempty"`
	GroupByDataSource      *bool `url:"groupByDataSource,omitempty"`
}

// regrouped tells whether the answer is anything but tasks.
func (s PendingSearch) regrouped() bool {
	for _, flag := range []*bool{s.CountBySchemaEvolution, s.CountByDataSource, s.CountOnly, s.GroupByDataSource} {
		if flag != nil && *flag {
			return true
		}
	}
	return false
}

// PendingTasks is what waits for the caller, and what the caller waits for.
type PendingTasks struct {
	Incoming, Outgoing PendingSide
}

// PendingSide is one side of the pending tasks: its rows as far as they can be read, and all of it as it came.
type PendingSide struct {
	Rows []PendingTask
	JSON json.RawMessage
}

// PendingTask is a row of pending tasks (M); with a flag that counts or groups, most of it is missing (L).
type PendingTask struct {
	TaskRow
	Count        Lenient[Int] `json:"count"`
	DataSourceID Lenient[Int] `json:"dataSourceId"`

	raw json.RawMessage
}

func (t *PendingTask) UnmarshalJSON(b []byte) error {
	type plain PendingTask
	if err := json.Unmarshal(b, (*plain)(t)); err != nil {
		return err
	}
	t.raw = bytes.Clone(b)
	return nil
}

// PendingTasks reads both sides: GET /dataSource/tasks/pending (M). Offset and size are taken to count for each side by itself
// (L), and there is no total: a side ends with a page that is not full.
func (c *Client) PendingTasks(ctx context.Context, s PendingSearch) (PendingTasks, error) {
	read := func(query url.Values) (pendingSides, error) {
		out, err := get[one[pendingSides]](ctx, c, "/dataSource/tasks/pending", query)
		return out.Value, err
	}
	if s.regrouped() {
		all, err := read(queryOf(s))
		return PendingTasks{Incoming: asItCame(all.Incoming), Outgoing: asItCame(all.Outgoing)}, err
	}
	answers := map[int]pendingSides{}
	side := func(of func(pendingSides) json.RawMessage) (PendingSide, error) {
		var odd json.RawMessage
		rows, err := collect(0, func(offset, size int) (page[PendingTask], error) {
			answer, ok := answers[offset]
			if !ok {
				var err error
				if answer, err = read(paged(queryOf(s), offset, size)); err != nil {
					return page[PendingTask]{}, err
				}
				answers[offset] = answer
			}
			raw := of(answer)
			hits, ok := pendingRows(raw)
			if !ok && len(raw) > 0 {
				odd = raw
			}
			return page[PendingTask]{Hits: rows[PendingTask]{items: hits, bytes: len(raw)}}, nil
		}, func(t PendingTask) Int { return t.ID })
		if err != nil || odd != nil {
			return PendingSide{JSON: odd}, err
		}
		return PendingSide{Rows: rows.Items, JSON: rawList(rows.Items)}, nil
	}
	incoming, err := side(func(s pendingSides) json.RawMessage { return s.Incoming })
	if err != nil {
		return PendingTasks{}, err
	}
	outgoing, err := side(func(s pendingSides) json.RawMessage { return s.Outgoing })
	return PendingTasks{Incoming: incoming, Outgoing: outgoing}, err
}

// pendingSides is the answer with both sides. With a flag, one of them may be missing (L).
type pendingSides struct {
	Incoming json.RawMessage `json:"incoming"`
	Outgoing json.RawMessage `json:"outgoing"`
}

func (s *pendingSides) lacks() string {
	return unless(s.Incoming != nil || s.Outgoing != nil, "holds neither incoming nor outgoing tasks")
}

// asItCame is a side with its rows, if it has any.
func asItCame(raw json.RawMessage) PendingSide {
	rows, _ := pendingRows(raw)
	return PendingSide{Rows: rows, JSON: raw}
}

// pendingRows reads a side that is a list, or null, and tells whether it is.
func pendingRows(raw json.RawMessage) (rows []PendingTask, ok bool) {
	if checkElements[PendingTask](raw) != nil || json.Unmarshal(raw, &rows) != nil {
		return nil, false
	}
	return rows, true
}

// rawList is a list of the rows as they came.
func rawList(rows []PendingTask) json.RawMessage {
	raw := make([][]byte, len(rows))
	for i, row := range rows {
		raw[i] = row.raw
	}
	return slices.Concat([]byte("["), bytes.Join(raw, []byte(",")), []byte("]"))
}
