package fake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The states of a task.
const (
	TaskPending   = "pending"
	TaskCompleted = "completed"
)

// A Task is something that somebody is asked to do about a source.
type Task struct {
	ID          int
	SourceID    int
	Type        string // "unmask" unless set
	State       string // TaskPending unless set
	RequesterID int
	TargetIDs   []int
	Reason      string
	Column      string
	Values      []string
	ProjectID   int
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

type taskState struct {
	all       []*Task
	ids       counter
	perTarget bool
}

const firstTaskID = 1_500_000

var tasks = &slot[taskState]{fresh: func() *taskState { return &taskState{ids: counter{next: firstTaskID}} }}

func (state *taskState) forget(sourceID int) {
	state.all = slices.DeleteFunc(state.all, func(task *Task) bool { return task.SourceID == sourceID })
}

func taskNoun() noun {
	const one = "/dataSource/tasks/{taskId}"
	unmasking := keys{
		"column": required{text}, "unmaskingReason": required{text}, "unmaskingUsers": required{list{integer}},
		"projectId": integer, "dataSourceId": integer, "values": list{text},
	}
	return noun{routes: append(
		Unmasking.of(post("/dataSource/{id}/reverseMask", unmasking, onSource(requestUnmasking))),
		get("/dataSource/{id}/tasks", onSource(listTasks)).taking(parameters{
			"states": asTexts, "targetProfileId": asNumber, "requestingUserProfileId": asNumber, "profileId": asNumber,
			"searchText": asText, "searchModel": asText, "types": asTexts, "size": asNumber, "offset": asNumber,
			"sortField": asText, "sortOrder": asText, "countOnly": asFlag,
		}),
		get(one, on((*call).task, completeTask)),
		del(one, on((*call).task, deleteTask)),
	)}
}

// WithTaskPerTarget makes a request to unmask a task for each of the people asked, answered as an array, where the default
// is one task for all.
func WithTaskPerTarget() Option {
	return func(t *Tenant) { tasks.of(t).perTarget = true }
}

// Tasks is a copy of a source's tasks, the oldest first.
func (t *Tenant) Tasks(sourceID int) []Task {
	defer t.lock()()
	return copies(tasks.of(t).all, func(task *Task) bool { return task.SourceID == sourceID })
}

// AddTask adds a task behind the API's back and returns its id. Without a requester it is the default user's.
func (t *Tenant) AddTask(task Task) int {
	defer t.lock()()
	task.RequesterID = cmp.Or(task.RequesterID, DefaultProfileID)
	return t.addTask(task).ID
}

// CompleteTask completes a task behind the API's back. It panics when there is none.
func (t *Tenant) CompleteTask(id int) {
	defer t.lock()()
	task := must(t.task(id), "task %d", id)
	task.State, task.UpdatedAt = TaskCompleted, t.clock.now
}

// RemoveTask deletes a task behind the API's back.
func (t *Tenant) RemoveTask(id int) {
	defer t.lock()()
	t.removeTask(id)
}

func (t *Tenant) addTask(task Task) *Task {
	state := tasks.of(t)
	task.ID = state.ids.take()
	task.Type, task.State = cmp.Or(task.Type, "unmask"), cmp.Or(task.State, TaskPending)
	task.CreatedAt, task.UpdatedAt = t.clock.now, t.clock.now
	state.all = append(state.all, &task)
	return &task
}

func (t *Tenant) removeTask(id int) {
	state := tasks.of(t)
	state.all = slices.DeleteFunc(state.all, func(task *Task) bool { return task.ID == id })
}

func (t *Tenant) task(id int) *Task {
	return find(tasks.of(t).all, func(task *Task) bool { return task.ID == id })
}

// task is the task that the path names.
func (c *call) task() (*Task, error) {
	id, err := c.id("taskId")
	if err != nil {
		return nil, err
	}
	if task := c.t.task(id); task != nil {
		return task, nil
	}
	return nil, notFound("Task not found.")
}

func requestUnmasking(c *call, s *Source) (any, error) {
	body, targets := c.object(), intsAt(c.object(), "unmaskingUsers")
	var problems []string
	for _, id := range targets {
		if c.t.userByProfile(id) == nil {
			problems = append(problems, fmt.Sprintf("%q names the profile %d, which does not exist", "unmaskingUsers", id))
		}
	}
	if err := refuse(problems...); err != nil {
		return nil, err
	}
	if name := textAt(body, "column"); !c.t.hasColumn(s.ID, name) {
		return nil, noSuchColumn("column", name)
	}
	asked := Task{
		SourceID: s.ID, RequesterID: c.caller.profileID, TargetIDs: targets, Reason: textAt(body, "unmaskingReason"),
		Column: textAt(body, "column"), ProjectID: intAt(body, "projectId"),
	}
	asked.Values = plain[[]string](listAt(body, "values"))
	if !tasks.of(c.t).perTarget {
		return askedRecord(c.t.addTask(asked)), nil
	}
	return rowsOf(targets, func(id int) object {
		asked.TargetIDs = []int{id}
		return askedRecord(c.t.addTask(asked))
	}), nil
}

// askedRecord is how a request to unmask is answered.
func askedRecord(task *Task) object {
	return object{
		"id": task.ID, "requestingUserProfile": task.RequesterID, "dataSourceId": task.SourceID, "reason": task.Reason,
		"metadata": task.metadata(), "type": task.Type, "state": task.State,
		"createdAt": task.CreatedAt.Format(timestamp), "updatedAt": task.UpdatedAt.Format(timestamp),
	}
}

func (task *Task) metadata() object {
	return object{"column": task.Column, "values": orEmpty(task.Values), "maskingConfig": object{"type": "Reversible"}}
}

// taskRow is how a task is answered in lists, and when it is deleted.
func (t *Tenant) taskRow(task *Task) object {
	var names, emails []string
	for _, id := range task.TargetIDs {
		if u := t.userByProfile(id); u != nil {
			names, emails = append(names, u.name), append(emails, u.iamUserID())
		}
	}
	source := object{"id": task.SourceID}
	if s := t.source(task.SourceID); s != nil {
		source["name"] = s.Name
	}
	return object{
		"id": task.ID, "state": task.State, "type": task.Type, "requester": t.person(task.RequesterID), "dataSource": source,
		"metadata": task.metadata(), "targetNames": strings.Join(names, ", "), "targetEmails": strings.Join(emails, ", "),
		"createdAt": task.CreatedAt.Format(timestamp), "updatedAt": task.UpdatedAt.Format(timestamp),
	}
}

// listTasks pages through the tasks that the caller has made or may answer, the newest first.
func listTasks(c *call, s *Source) (any, error) {
	wanted := copies(tasks.of(c.t).all, func(task *Task) bool { return task.SourceID == s.ID && c.wantsTask(task) })
	rows := rowsOf(wanted, func(task Task) object { return c.t.taskRow(&task) })
	if c.flag("countOnly") {
		return object{"count": len(rows)}, nil
	}
	rows = c.sorted(rows, c.query.Get("sortField"), "desc")
	return c.counted(object{"hits": paged(c, rows, c.number("size", defaultPageSize))}, len(rows)), nil
}

func (c *call) wantsTask(task *Task) bool {
	me := c.caller.profileID
	if task.RequesterID != me && !slices.Contains(task.TargetIDs, me) && !c.caller.permissions[Governance] {
		return false
	}
	target := func(name string) bool { return slices.Contains(task.TargetIDs, c.number(name, 0)) }
	requester := func(name string) bool { return task.RequesterID == c.number(name, 0) }
	return c.wants("states", task.State) && c.wants("types", task.Type) &&
		(!c.query.Has("targetProfileId") || target("targetProfileId")) &&
		(!c.query.Has("requestingUserProfileId") || requester("requestingUserProfileId")) &&
		(!c.query.Has("profileId") || target("profileId") || requester("profileId")) &&
		c.mentions(task.Column+strconv.Itoa(task.SourceID))
}

// completeTask does what the task asks for, although it is a GET.
func completeTask(c *call, task *Task) (any, error) {
	task.State, task.UpdatedAt = TaskCompleted, c.t.clock.now
	return object{"result": rowsOf(task.Values, func(value string) object {
		return object{"masked": value, "unmasked": "plain " + value}
	})}, nil
}

func deleteTask(c *call, task *Task) (any, error) {
	c.t.removeTask(task.ID)
	return c.t.taskRow(task), nil
}
