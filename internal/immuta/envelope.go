package immuta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// bare is a list that the reference shows without an envelope. Since no example of these answers is known (L), one that comes
// under "hits", as lists do elsewhere, or under the only key that holds an array is taken as well. That one must hold
// something: an empty array under a strange key ("errors") is no evidence that there is nothing.
type bare[T any] []T

func (l *bare[T]) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return l.take(b)
	}
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(b, &envelope); err != nil {
		return err
	}
	if hits, ok := envelope["hits"]; ok {
		return l.take(hits)
	}
	var list json.RawMessage
	for _, value := range envelope {
		if !bytes.HasPrefix(value, []byte("[")) {
			continue
		}
		if list != nil {
			return errors.New("it holds several lists")
		}
		list = value
	}
	if _, elements := outline(list); elements == 0 || envelope["message"] != nil {
		return errors.New("it holds no list")
	}
	return l.take(list)
}

func (l *bare[T]) take(b []byte) error {
	if !bytes.HasPrefix(b, []byte("[")) {
		return errors.New("it is no list")
	}
	if err := checkElements[T](b); err != nil {
		return err
	}
	return json.Unmarshal(b, (*[]T)(l))
}

// texts is a list of strings that may come as one of them, as the reference says here and there (M).
type texts = many[Text]

// distinct keeps the first of several rows with one key. A key that is its type's zero value tells nothing.
func distinct[L ~[]T, T any, K comparable](rows L, key func(T) K) L {
	known := seen[K]{}
	return slices.DeleteFunc(rows, func(row T) bool { return !known.isNew(key(row)) })
}

// evidence is an answer to a write of which the form is not known well enough to insist on it: any object that tells more
// than a message. An empty answer, or a notice of maintenance, does not show that anything was done.
type evidence struct{ keys Metadata }

func (e *evidence) UnmarshalJSON(b []byte) error {
	var out one[Metadata]
	err := json.Unmarshal(b, &out)
	e.keys = out.Value
	return err
}

func (e *evidence) lacks() string {
	for key := range e.keys {
		if key != "message" && key != "error" && key != "statusCode" {
			return ""
		}
	}
	return "tells nothing of what was done"
}

// DeclinedError is an answer with status 2xx that says in its body that the work was not done.
type DeclinedError struct {
	Request string
	// Reason is what the answer says of it; "" when it says no more than that.
	Reason string
}

func (e *DeclinedError) Error() string {
	if e.Reason == "" {
		return e.Request + ": Immuta answered that it failed, without a reason"
	}
	return fmt.Sprintf("%s: Immuta answered that it failed: %s", e.Request, e.Reason)
}

// AbsentError says that Immuta has no such thing, in an answer that is not a 404.
type AbsentError struct {
	Request string
	What    string
}

func (e *AbsentError) Error() string {
	return fmt.Sprintf("%s: there is no %s in the answer", e.Request, e.What)
}

// outcome is the answer of a call that does something and has nothing to tell. Documents call the same flag success in one
// place and status in another (M). An answer without it has to tell something else.
type outcome struct {
	evidence
	Success Lenient[Bool]
	Status  Lenient[Bool]
}

func (o *outcome) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &o.evidence); err != nil {
		return err
	}
	o.Success, o.Status = Lookup[Bool](o.keys, "success"), Lookup[Bool](o.keys, "status")
	return nil
}

// check returns an error when the answer to r says that it failed.
func (o outcome) check(r request) error {
	if said := o.Success.Or(o.Status); said.Value != nil && !bool(*said.Value) {
		return &DeclinedError{Request: r.String()}
	}
	return nil
}
