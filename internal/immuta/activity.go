package immuta

import (
	"context"
	"encoding/json"
	"net/url"
)

// Activity is an entry of a source's feed (H).
type Activity struct {
	ID               Int                      `json:"id"`
	ModelType        Lenient[Text]            `json:"modelType"`
	ModelID          Lenient[Text]            `json:"modelId"`
	NotificationType Lenient[Text]            `json:"notificationType"`
	Read             Lenient[Bool]            `json:"read"`
	Metadata         Lenient[json.RawMessage] `json:"metadata"`
	CreatedAt        Lenient[string]          `json:"createdAt"`
	UpdatedAt        Lenient[string]          `json:"updatedAt"`
	ActionBy         Lenient[Person]          `json:"actionBy"`
	TargetUser       Lenient[Person]          `json:"targetUser"`
}

// Details reads what is known of the metadata.
func (a Activity) Details() ActivityMetadata {
	var details ActivityMetadata
	if a.Metadata.Value != nil && json.Unmarshal(*a.Metadata.Value, &details) != nil {
		return ActivityMetadata{}
	}
	return details
}

// ActivityMetadata is what is known of an activity's metadata (H); the rest differs by type.
type ActivityMetadata struct {
	DataSourceName Lenient[Text] `json:"dataSourceName"`
	Activity       Lenient[Text] `json:"activity"`
	Action         Lenient[Text] `json:"action"`
}

// Person is somebody who is named in an answer (H).
type Person struct {
	ID    Lenient[Int]  `json:"id"`
	Name  Lenient[Text] `json:"name"`
	Email Lenient[Text] `json:"email"`
}

// UnmarshalJSON implements [json.Unmarshaler]. The reference calls people arrays, real answers hold an object (H).
func (p *Person) UnmarshalJSON(b []byte) error {
	type plain Person
	var out one[plain]
	err := json.Unmarshal(b, &out)
	*p = Person(out.Value)
	return err
}

// activityPage is a [page] under the name that this list gives its rows (H).
type activityPage struct {
	Activities rows[Activity] `json:"activities"`
	Count      Lenient[Int]   `json:"count"`
}

func (p *activityPage) lacks() string { return p.Activities.lacks("activities") }

// Activities reads a source's feed: GET /dataSource/{id}/activities; with a limit that is not 0, only so many.
func (c *Client) Activities(ctx context.Context, sourceID, limit int64) (Rows[Activity], error) {
	rows, err := collect(limit, func(offset, size int) (page[Activity], error) {
		out, err := get[activityPage](ctx, c, sourcePath(sourceID)+"/activities", paged(url.Values{}, offset, size))
		if rows := len(out.Activities.items); int(out.Count.Get()) == rows && rows == size {
			// "The number of results" could be those of the page (L): then a full page does not tell whether it is the last.
			out.Count = Lenient[Int]{}
		}
		return page[Activity]{Hits: out.Activities, Count: out.Count}, err
	}, func(a Activity) Int { return a.ID })
	return rows, c.orMissingRoute(ctx, sourceID, err)
}
