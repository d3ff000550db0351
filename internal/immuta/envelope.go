package immuta

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// bare is a list that the reference shows without an envelope. Since no example of these answers is known (L), one that comes
// under "hits", as lists do elsewhere, or under the only key that holds an array is taken as well.
type bare[T any] []T

func (l *bare[T]) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(b, &envelope); err != nil {
		return err
	}
	list := envelope["hits"]
	for _, value := range envelope {
		if envelope["hits"] == nil && bytes.HasPrefix(value, []byte("[")) {
			if list != nil {
				return errors.New("it holds several lists")
			}
			list = value
		}
	}
	if list == nil {
		return errors.New("it holds no list")
	}
	return json.Unmarshal(list, (*[]T)(l))
}

// texts is a list of strings that may come as one of them, as the reference says here and there (M).
type texts = many[Text]

// distinct keeps the first of several rows with one key. A key that is its type's zero value tells nothing.
func distinct[L ~[]T, T any, K comparable](rows L, key func(T) K) L {
	known := seen[K]{}
	return slices.DeleteFunc(rows, func(row T) bool { return !known.isNew(key(row)) })
}
