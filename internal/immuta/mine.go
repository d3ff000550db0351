package immuta

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
)

// MySource is a source that the caller has access to (M).
type MySource struct {
	ID            Int           `json:"id"`
	Name          Text          `json:"name"`
	Type          Lenient[Text] `json:"type"`
	SQLTableName  Lenient[Text] `json:"sqlTableName"`
	SQLSchemaName Lenient[Text] `json:"sqlSchemaName"`
	Technology    Lenient[Text] `json:"blobHandlerType"`
	SparkUseJDBC  Lenient[Bool] `json:"sparkUseJDBC"`
}

// MySources lists what the caller has access to: GET /dataSource/rpc/mine, in one answer (M).
func (c *Client) MySources(ctx context.Context) ([]MySource, error) {
	return get[bare[MySource]](ctx, c, "/dataSource/rpc/mine", nil)
}

// HandlerType is a technology that the caller may register sources of (M).
type HandlerType struct {
	Name    Lenient[Text]            `json:"name"`
	BaseURL Lenient[Text]            `json:"baseUrl"`
	Port    Lenient[Int]             `json:"port"`
	Driver  Lenient[Text]            `json:"driver"`
	Config  Lenient[json.RawMessage] `json:"config"`
}

// HandlerTypes lists the technologies: GET /dataSource/blobHandlerTypes.
func (c *Client) HandlerTypes(ctx context.Context) ([]HandlerType, error) {
	return get[handlerTypes](ctx, c, "/dataSource/blobHandlerTypes", nil)
}

// handlerTypes is an array or an object that holds one technology under each name: which is not known (L).
type handlerTypes []HandlerType

func (h *handlerTypes) UnmarshalJSON(b []byte) error {
	var byName map[string]HandlerType
	if json.Unmarshal(b, &byName) != nil || len(byName) == 0 || !allNamed(byName) {
		return json.Unmarshal(b, (*bare[HandlerType])(h))
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		*h = append(*h, byName[name])
	}
	return nil
}

// allNamed gives each technology the name it is listed under, if its entry has none. An object that describes no technology
// under some key is something else.
func allNamed(byName map[string]HandlerType) bool {
	for name, one := range byName {
		if !one.Name.Answered && !one.BaseURL.Answered && !one.Config.Answered && !one.Port.Answered && !one.Driver.Answered {
			return false
		}
		if one.Name.Get() == "" {
			text := Text(name)
			one.Name = Lenient[Text]{Answered: true, Value: &text}
			byName[name] = one
		}
	}
	return true
}
