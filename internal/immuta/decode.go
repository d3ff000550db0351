package immuta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// Int is an integer that the API writes as a number or as a string of digits.
type Int int64

// UnmarshalJSON implements [json.Unmarshaler]. A null or an empty string reads as 0.
func (i *Int) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `" `)
	if text == "null" || text == "" {
		*i = 0
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		*i = Int(n)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return fmt.Errorf("%s is not an integer", cut(string(b), maxExcerpt))
	}
	*i = Int(f)
	return nil
}

// Bool is a boolean that may also be written as a string or as 0 and 1.
type Bool bool

// UnmarshalJSON implements [json.Unmarshaler]. A null reads as false.
func (v *Bool) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(strings.Trim(string(b), `" `)) {
	case "true", "1":
		*v = true
	case "false", "0", "null", "":
		*v = false
	default:
		return fmt.Errorf("%s is not a boolean", cut(string(b), maxExcerpt))
	}
	return nil
}

// Text is a string that may also be written as a bare number or boolean.
type Text string

// UnmarshalJSON implements [json.Unmarshaler]. A null reads as the empty string.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) == 0, bytes.Equal(b, []byte("null")):
		*t = ""
		return nil
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '{', b[0] == '[':
		return fmt.Errorf("%s is not a string", cut(string(b), maxExcerpt))
	default:
		*t = Text(b)
		return nil
	}
}

// Lenient is a key of an answer that may be missing, null, a value, or something that nobody has foreseen.
// The last counts as missing: it says nothing that we understand, and must not fail the rest of the answer.
type Lenient[T any] struct {
	// Answered says that the key was there and understood. Value is nil for a null.
	Answered bool
	Value    *T
}

func (l *Lenient[T]) UnmarshalJSON(b []byte) error {
	*l = Lenient[T]{}
	if bytes.Equal(b, []byte("null")) {
		l.Answered = true
		return nil
	}
	value := new(T)
	if json.Unmarshal(b, value) == nil {
		l.Answered, l.Value = true, value
	}
	return nil
}

// Get returns the value, or T's zero value.
func (l Lenient[T]) Get() T {
	if l.Value == nil {
		var zero T
		return zero
	}
	return *l.Value
}

// Or returns l, or other when l was not answered.
func (l Lenient[T]) Or(other Lenient[T]) Lenient[T] {
	if l.Answered {
		return l
	}
	return other
}

// one decodes an object that may come as an array of one (M: the reference calls several objects arrays).
type one[T any] struct{ Value T }

func (o *one[T]) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '[' {
		return json.Unmarshal(b, &o.Value)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list) == 0 {
		return nil
	}
	return json.Unmarshal(list[0], &o.Value)
}

func (o *one[T]) lacks() string {
	if checked, ok := any(&o.Value).(checker); ok {
		return checked.lacks()
	}
	return ""
}

// many decodes an array that may come as a single object.
type many[T any] []T

func (m *many[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		if err := checkElements[T](b); err != nil {
			return err
		}
		return json.Unmarshal(b, (*[]T)(m))
	}
	if bytes.Equal(b, []byte("null")) {
		*m = nil
		return nil
	}
	var single T
	if err := json.Unmarshal(b, &single); err != nil {
		return err
	}
	*m = many[T]{single}
	return nil
}

// checkElements refuses an array of which the elements would take a multiple of its own bytes in memory: an element of the
// API is never as small as "{}".
func checkElements[T any](array []byte) error {
	const multiple, slack = 16, 1 << 20
	var one T
	_, elements := outline(array)
	if uintptr(elements)*unsafe.Sizeof(one) > uintptr(len(array)*multiple+slack) {
		return fmt.Errorf("its list has %d elements in %d bytes", elements, len(array))
	}
	return nil
}

// outline tells how deep JSON is nested, and how many elements it has if it is an array.
func outline(text []byte) (deepest, elements int) {
	depth, inText, escaped := 0, false, false
	for _, b := range text {
		if depth == 1 && elements == 0 && b > ' ' && b != ']' {
			elements = 1
		}
		switch {
		case escaped:
			escaped = false
		case inText:
			escaped, inText = b == '\\', b != '"'
		case b == '"':
			inText = true
		case b == '{', b == '[':
			depth++
			deepest = max(deepest, depth)
		case b == '}', b == ']':
			depth--
		case b == ',' && depth == 1:
			elements++
		}
	}
	return deepest, elements
}

// ParseTime reads a timestamp of the API: ISO 8601 in UTC with milliseconds (H).
func ParseTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}
