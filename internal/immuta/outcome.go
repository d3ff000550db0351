package immuta

import (
	"encoding/json"
	"fmt"
)

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

// UnmarshalJSON implements [json.Unmarshaler].
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
