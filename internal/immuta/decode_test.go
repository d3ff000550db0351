package immuta_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// decoded is a JSON text, what it is read as, and whether it is refused instead.
type decoded[T any] struct {
	text string
	want T
	bad  bool
}

func wantDecoded[T any](t *testing.T, tests []decoded[T]) {
	t.Helper()
	for _, test := range tests {
		var got T
		err := json.Unmarshal([]byte(test.text), &got)
		if (err != nil) != test.bad {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if diff := cmp.Diff(test.want, got, cmpopts.EquateComparable()); !test.bad && diff != "" {
			t.Errorf("%s: %s", test.text, diff)
		}
	}
}

func TestInt(t *testing.T) {
	t.Parallel()
	wantDecoded(t, []decoded[immuta.Int]{
		{text: `7`, want: 7},
		{text: `-7`, want: -7},
		{text: `"7"`, want: 7},
		{text: `" 7 "`, want: 7},
		{text: `7.0`, want: 7},
		{text: `"7.0"`, want: 7},
		{text: `1e3`, want: 1000},
		{text: `9223372036854775807`, want: 1<<63 - 1},
		{text: `-9223372036854775808`, want: -1 << 63},
		{text: `9007199254740993`, want: 1<<53 + 1}, // which no float64 is
		{text: `null`},
		{text: `""`},
		{text: `7.5`, bad: true},
		{text: `9223372036854775808`, bad: true},
		{text: `1e300`, bad: true},
		{text: `"NaN"`, bad: true},
		{text: `"Inf"`, bad: true},
		{text: `"x"`, bad: true},
		{text: `true`, bad: true},
		{text: `{}`, bad: true},
		{text: `[7]`, bad: true},
	})
}

func TestBool(t *testing.T) {
	t.Parallel()
	wantDecoded(t, []decoded[immuta.Bool]{
		{text: `true`, want: true},
		{text: `"true"`, want: true},
		{text: `"TRUE"`, want: true},
		{text: `1`, want: true},
		{text: `"1"`, want: true},
		{text: `false`},
		{text: `"false"`},
		{text: `0`},
		{text: `null`},
		{text: `""`},
		{text: `2`, bad: true},
		{text: `"yes"`, bad: true},
		{text: `{}`, bad: true},
		{text: `[]`, bad: true},
	})
	overwritten := immuta.Bool(true)
	if err := json.Unmarshal([]byte(`null`), &overwritten); err != nil || bool(overwritten) {
		t.Errorf("a null leaves %t behind, %v", overwritten, err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	wantDecoded(t, []decoded[immuta.Text]{
		{text: `"a \"b\" ä \u00e4"`, want: `a "b" ä ä`},
		{text: `""`},
		{text: `null`},
		{text: `7`, want: "7"},
		{text: `1e3`, want: "1e3"},
		{text: `true`, want: "true"},
		{text: `{}`, bad: true},
		{text: `["a"]`, bad: true},
	})
	var text immuta.Text
	if err := text.UnmarshalJSON(nil); err != nil || text != "" {
		t.Errorf("nothing is read as %q, %v", text, err)
	}
}

func TestTextErrorsAreShort(t *testing.T) {
	t.Parallel()
	long := `{"a": "` + strings.Repeat("x", 10_000) + `"}`
	for _, out := range []any{new(immuta.Int), new(immuta.Bool), new(immuta.Text)} {
		if err := json.Unmarshal([]byte(long), out); err == nil || len(err.Error()) > 300 {
			t.Errorf("%T: the error has %d bytes", out, len(err.Error()))
		}
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	type record struct {
		Key immuta.Lenient[immuta.Int] `json:"key"`
	}
	value := func(n immuta.Int) record { return record{immuta.Lenient[immuta.Int]{Answered: true, Value: &n}} }
	wantDecoded(t, []decoded[record]{
		{text: `{"key": 7}`, want: value(7)},
		{text: `{"key": "7"}`, want: value(7)},
		{text: `{"key": 0}`, want: value(0)},
		{text: `{"key": null}`, want: record{immuta.Lenient[immuta.Int]{Answered: true}}},
		{text: `{"key": {"not": "foreseen"}}`},
		{text: `{"key": "x"}`},
		{text: `{}`},
		{text: `null`},
		{text: `{"key": 7, "key": "x"}`}, // nothing is left behind by the first
		{text: `{"key": `, bad: true},
	})
	wantEqual(t, "a value", value(7).Key.Get(), 7)
	wantEqual(t, "no value", (record{}).Key.Get(), 0)
}

func TestLenientOr(t *testing.T) {
	t.Parallel()
	one, null, missing := "1", immuta.Lenient[string]{Answered: true}, immuta.Lenient[string]{}
	first := immuta.Lenient[string]{Answered: true, Value: &one}
	for _, test := range []struct{ a, b, want immuta.Lenient[string] }{
		{first, null, first},
		{null, first, null}, // A null is an answer.
		{missing, first, first},
		{missing, null, null},
		{missing, missing, missing},
	} {
		wantEqual(t, fmt.Sprint(test.a, " or ", test.b), test.a.Or(test.b), test.want)
	}
}

type item struct {
	N immuta.Int `json:"n"`
}

func TestOne(t *testing.T) {
	t.Parallel()
	wantDecoded(t, []decoded[immuta.One[item]]{
		{text: `{"n": 1}`, want: immuta.One[item]{Value: item{1}}},
		{text: `[{"n": 1}]`, want: immuta.One[item]{Value: item{1}}},
		{text: ` [ {"n": 1}, {"n": 2} ] `, want: immuta.One[item]{Value: item{1}}},
		{text: `[]`},
		{text: `[null]`},
		{text: `null`},
		{text: `{}`},
		{text: `[7]`, bad: true},
		{text: `7`, bad: true},
		{text: `[[{"n": 1}]]`, bad: true},
	})
}

func TestMany(t *testing.T) {
	t.Parallel()
	wantDecoded(t, []decoded[immuta.Many[item]]{
		{text: `[{"n": 1}, {"n": "2"}]`, want: immuta.Many[item]{{1}, {2}}},
		{text: `{"n": 1}`, want: immuta.Many[item]{{1}}},
		{text: `[]`, want: immuta.Many[item]{}},
		{text: `[null]`, want: immuta.Many[item]{{}}},
		{text: `null`},
		{text: `7`, bad: true},
		{text: `[7]`, bad: true},
	})
	wantDecoded(t, []decoded[immuta.Many[immuta.Text]]{
		{text: `"a"`, want: immuta.Many[immuta.Text]{"a"}},
		{text: `["a", 1]`, want: immuta.Many[immuta.Text]{"a", "1"}},
	})
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 1, 5, 8, 0, 0, 123_000_000, time.UTC)
	for _, text := range []string{"2026-01-05T08:00:00.123Z", "2026-01-05T09:00:00.123+01:00"} {
		if got, ok := immuta.ParseTime(text); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "soon", "2026-01-05", "2026-01-05 08:00:00", "1767600000"} {
		if got, ok := immuta.ParseTime(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// FuzzDecoders decodes anything into everything: into what it should, or into an error, but never into a panic.
func FuzzDecoders(f *testing.F) {
	for _, seed := range []string{
		`{"id": "1", "blobHandler": [{"url": "https://x/snowflake/handler/3"}], "deleted": "1", "createdAt": 7}`,
		`{"id": 1, "dataSourceId": null, "warnings": ["a", 1], "connectionString": {}}`,
		`{"hits": {"id": 1}, "count": "7"}`, `{"metadata": [{"name": 1, "tags": {"name": "x"}}, null], "id": 1}`,
		`[[]]`, `[null]`, `null`, `7`, `"x"`, `{"metadata": null}`, `{"url": "//handler/7"}`, "{", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, out := range []any{
			new(immuta.Int), new(immuta.Bool), new(immuta.Text), new(immuta.Lenient[immuta.Int]), new(immuta.One[item]), new(immuta.Many[item]),
			new(immuta.Created), new(immuta.Handler), new(immuta.Dictionary), new(immuta.SourceRow), new(immuta.One[immuta.Source]),
		} {
			if err := json.Unmarshal(text, out); err != nil && err.Error() == "" {
				t.Errorf("%T: an error without a text", out)
			}
			switch v := out.(type) {
			case *immuta.One[immuta.Source]:
				if ref, ok := v.Value.Handler(); ok && (ref.ID < 1 || ref.Prefix == "") {
					t.Errorf("the handler is %v", ref)
				}
			case *immuta.Dictionary:
				for _, column := range v.Columns {
					column.Set("description", column.Name())
					if copied := column.Clone(); !copied.Same(column) {
						t.Errorf("%v is not like its copy", column)
					}
				}
			}
		}
	})
}
