package immuta

import (
	"context"
	"encoding/json"
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

// Activities reads a source's feed: GET /dataSource/{id}/activities; with a limit that is not 0, only so many.
func (c *Client) Activities(ctx context.Context, sourceID, limit int64) (Rows[Activity], error) {
	rows, err := collect(limit, func(offset, size int) (page[Activity], error) {
		var out struct {
			Activities many[Activity] `json:"activities"`
			Count      Int            `json:"count"`
		}
		err := c.get(ctx, sourcePath(sourceID)+"/activities", params{}.paged(offset, size), &out)
		if int(out.Count) == len(out.Activities) && len(out.Activities) == size {
			// "The number of results" could be those of the page (L): then a full page does not tell whether it is the last.
			out.Count = 0
		}
		return page[Activity]{Hits: out.Activities, Count: out.Count}, err
	}, func(a Activity) Int { return a.ID })
	return rows, c.orMissingRoute(ctx, sourceID, err)
}
