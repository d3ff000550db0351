package immuta_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// wantRead decodes JSON texts into what they have to be read as, and fails unless the other texts are refused.
func wantRead[T any](t *testing.T, read map[string]T, refused ...string) {
	t.Helper()
	for text, want := range read {
		var got T
		wantNoError(t, json.Unmarshal([]byte(text), &got))
		wantEqual(t, text, got, want)
	}
	for _, text := range refused {
		var got T
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestInt(t *testing.T) {
	t.Parallel()
	wantRead(t, map[string]immuta.Int{
		`7`: 7, `-7`: -7, `"7"`: 7, `" 7 "`: 7, `7.0`: 7, `"7.0"`: 7, `1e3`: 1000, `null`: 0, `""`: 0,
		`9223372036854775807`: 1<<63 - 1, `-9223372036854775808`: -1 << 63,
		`9007199254740993`: 1<<53 + 1, // which no float64 is
	}, `7.5`, `9223372036854775808`, `1e300`, `"NaN"`, `"Inf"`, `"x"`, `true`, `{}`, `[7]`)
}

func TestBool(t *testing.T) {
	t.Parallel()
	wantRead(t, map[string]immuta.Bool{
		`true`: true, `"true"`: true, `"TRUE"`: true, `1`: true, `"1"`: true,
		`false`: false, `"false"`: false, `0`: false, `null`: false, `""`: false,
	}, `2`, `"yes"`, `{}`, `[]`)
	overwritten := immuta.Bool(true)
	if err := json.Unmarshal([]byte(`null`), &overwritten); err != nil || bool(overwritten) {
		t.Errorf("a null leaves %t behind, %v", overwritten, err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	wantRead(t, map[string]immuta.Text{
		`"a \"b\" ä \u00e4"`: `a "b" ä ä`, `""`: "", `null`: "", `7`: "7", `1e3`: "1e3", `true`: "true",
	}, `{}`, `["a"]`)
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
	wantRead(t, map[string]record{
		`{"key": 7}`: value(7), `{"key": "7"}`: value(7), `{"key": 0}`: value(0),
		`{"key": null}`:                {immuta.Lenient[immuta.Int]{Answered: true}},
		`{"key": {"not": "foreseen"}}`: {}, `{"key": "x"}`: {}, `{}`: {}, `null`: {},
		`{"key": 7, "key": "x"}`: {}, // nothing is left behind by the first
	}, `{"key": `)
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
	first := immuta.One[item]{Value: item{1}}
	wantRead(t, map[string]immuta.One[item]{
		`{"n": 1}`: first, `[{"n": 1}]`: first, ` [ {"n": 1}, {"n": 2} ] `: first, `[]`: {}, `[null]`: {}, `null`: {}, `{}`: {},
	}, `[7]`, `7`, `[[{"n": 1}]]`)
}

func TestMany(t *testing.T) {
	t.Parallel()
	wantRead(t, map[string]immuta.Many[item]{
		`[{"n": 1}, {"n": "2"}]`: {{1}, {2}}, `{"n": 1}`: {{1}}, `[]`: {}, `[null]`: {{}}, `null`: nil,
	}, `7`, `[7]`)
	wantRead(t, map[string]immuta.Many[immuta.Text]{`"a"`: {"a"}, `["a", 1]`: {"a", "1"}})
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
