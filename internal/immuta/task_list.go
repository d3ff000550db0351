package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
)

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
	States              []string
	TargetProfileID     *int64
	RequestingProfileID *int64
	ProfileID           *int64
	Text                string
	Model               string
	Types               []string
	SortField           string
	SortOrder           string
}

func (s TaskSearch) params() params {
	p := params{}
	p.texts("states", s.States)
	p.number("targetProfileId", s.TargetProfileID)
	p.number("requestingUserProfileId", s.RequestingProfileID)
	p.number("profileId", s.ProfileID)
	p.text("searchText", s.Text)
	p.text("searchModel", s.Model)
	p.texts("types", s.Types)
	p.text("sortField", s.SortField)
	p.text("sortOrder", s.SortOrder)
	return p
}

// FindTasks lists the tasks of a source that match; with a limit that is not 0, only so many.
func (c *Client) FindTasks(ctx context.Context, sourceID int64, s TaskSearch, limit int64) (Rows[TaskRow], error) {
	rows, err := collect(limit, func(offset, size int) (page[TaskRow], error) {
		return get[page[TaskRow]](ctx, c, tasksPath(sourceID), s.params().paged(offset, size))
	}, func(t TaskRow) Int { return t.ID })
	return rows, c.orMissingRoute(ctx, sourceID, err)
}

// CountTasks counts the tasks of a source that match, and reads none.
func (c *Client) CountTasks(ctx context.Context, sourceID int64, s TaskSearch) (Lenient[Int], error) {
	yes := true
	p := s.params()
	p.flag("countOnly", &yes)
	out, err := get[tally](ctx, c, tasksPath(sourceID), url.Values(p))
	return out.Count, c.orMissingRoute(ctx, sourceID, err)
}

func tasksPath(sourceID int64) string { return sourcePath(sourceID) + "/tasks" }

// PendingSearch narrows GET /dataSource/tasks/pending (M). Zero fields are not sent.
type PendingSearch struct {
	Text                            string
	Model                           string
	Types                           []string
	SchemaEvolutionConnectionString string
	// The flags change what is answered: counts or groups of tasks instead of tasks.
	CountBySchemaEvolution *bool
	CountByDataSource      *bool
	CountOnly              *bool
	GroupByDataSource      *bool
}

func (s PendingSearch) params() params {
	p := params{}
	p.text("searchText", s.Text)
	p.text("searchModel", s.Model)
	p.texts("types", s.Types)
	p.text("schemaEvolutionConnectionString", s.SchemaEvolutionConnectionString)
	p.flag("countBySchemaEvolution", s.CountBySchemaEvolution)
	p.flag("countByDataSource", s.CountByDataSource)
	p.flag("countOnly", s.CountOnly)
	p.flag("groupByDataSource", s.GroupByDataSource)
	return p
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

// UnmarshalJSON implements [json.Unmarshaler].
func (t *PendingTask) UnmarshalJSON(b []byte) error {
	type plain PendingTask
	if err := json.Unmarshal(b, (*plain)(t)); err != nil {
		return err
	}
	t.raw = bytes.Clone(b)
	return nil
}

// PendingTasks reads both sides: GET /dataSource/tasks/pending (M). Offset and size are taken to count for each side by itself (L), and there
// is no total: a side ends with a page that is not full. The other GET under this path, with a task's id, completes that task; nothing
// here calls it.
func (c *Client) PendingTasks(ctx context.Context, s PendingSearch) (PendingTasks, error) {
	read := func(p params) (pendingSides, error) {
		out, err := get[one[pendingSides]](ctx, c, "/dataSource/tasks/pending", url.Values(p))
		return out.Value, err
	}
	if s.regrouped() {
		all, err := read(s.params())
		return PendingTasks{Incoming: asTheyCame(all.Incoming), Outgoing: asTheyCame(all.Outgoing)}, err
	}
	answers := map[int]pendingSides{}
	side := func(of func(pendingSides) json.RawMessage) (PendingSide, error) {
		var odd json.RawMessage
		rows, err := collect(0, func(offset, size int) (page[PendingTask], error) {
			answer, ok := answers[offset]
			if !ok {
				var err error
				if answer, err = read(params(s.params().paged(offset, size))); err != nil {
					return page[PendingTask]{}, err
				}
				answers[offset] = answer
			}
			var hits []PendingTask
			if raw := of(answer); len(raw) > 0 && !takeRows(raw, &hits) {
				odd = raw
			}
			return page[PendingTask]{Hits: rows[PendingTask]{items: hits, bytes: len(of(answer))}}, nil
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
	if s.Incoming == nil && s.Outgoing == nil {
		return "holds neither incoming nor outgoing tasks"
	}
	return ""
}

// asTheyCame reads the rows of a side if it has any.
func asTheyCame(raw json.RawMessage) PendingSide {
	side := PendingSide{JSON: raw}
	if !takeRows(raw, &side.Rows) {
		side.Rows = nil
	}
	return side
}

// takeRows reads a side that is a list, or null, and tells whether it is.
func takeRows(raw json.RawMessage, list *[]PendingTask) bool {
	return checkElements[PendingTask](raw) == nil && json.Unmarshal(raw, list) == nil
}

// rawList is a list of the rows as they came.
func rawList(rows []PendingTask) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(row.raw)
	}
	b.WriteByte(']')
	return b.Bytes()
}
