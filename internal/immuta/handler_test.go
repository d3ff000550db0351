package immuta_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestSourceLeadsToItsHandler(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{"object": nil, "array": {fake.WithArrays()}, "texts": {fake.WithNumericStrings()}} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := startWith(t, options)
			id := addSource(tenant)
			source, err := client.Source(t.Context(), id)
			wantNoError(t, err)
			ref, ok := source.Handler()
			if want := handlerOf(tenant, id); !ok || ref != want {
				t.Fatalf("the handler is %v, want %v", ref, want)
			}
			handler, err := client.Handler(t.Context(), ref)
			wantNoError(t, err)
			wantEqual(t, "the hostname", handler.Metadata.Text("hostname"), "acme.example.com")
			wantEqual(t, "the source", int64(handler.DataSourceID.Get()), id)
			if handler.ConnectionString.Get() == "" || handler.Keys.Text("connectionString") != handler.ConnectionString.Get() {
				t.Errorf("the connection string is %q", handler.ConnectionString.Get())
			}
		})
	}
}

func TestHandlerOfAURL(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		url  string
		want immuta.HandlerRef
	}{
		{"https://acme.example.com/snowflake/handler/7", immuta.HandlerRef{Prefix: "snowflake", ID: 7}},
		{"https://acme.example.com:8443/base/native-s3/handler/7/", immuta.HandlerRef{Prefix: "native-s3", ID: 7}},
		{"https://acme.example.com/asa/handler/7?x=/a/handler/8", immuta.HandlerRef{Prefix: "asa", ID: 7}},
		{"/trino/handler/7", immuta.HandlerRef{Prefix: "trino", ID: 7}},
		{"", immuta.HandlerRef{}},
		{"https://acme.example.com/handler/7", immuta.HandlerRef{}},
		{"https://acme.example.com//handler/7", immuta.HandlerRef{}},
		{"https://acme.example.com/x//handler/7", immuta.HandlerRef{}},
		{"https://acme.example.com/snowflake/7", immuta.HandlerRef{}},
		{"https://acme.example.com/snowflake/handler/seven", immuta.HandlerRef{}},
		{"https://acme.example.com/snowflake/handler/-7", immuta.HandlerRef{}},
		{"https://acme.example.com/snowflake/handler/0", immuta.HandlerRef{}},
		{"https://acme.example.com/snowflake/handler/99999999999999999999", immuta.HandlerRef{}},
		{"https://acme.example.com/%zz/handler/7", immuta.HandlerRef{}},
	} {
		text, err := json.Marshal(map[string]any{"id": 1, "blobHandler": map[string]any{"url": test.url}})
		wantNoError(t, err)
		var source immuta.Source
		wantNoError(t, json.Unmarshal(text, &source))
		if got, ok := source.Handler(); got != test.want || ok != (test.want.ID > 0) {
			t.Errorf("%s: got %v, %t, want %v", test.url, got, ok, test.want)
		}
	}
	for _, text := range []string{`{}`, `{"blobHandler": null}`, `{"blobHandler": []}`, `{"blobHandler": 7}`, `{"blobHandler": {"url": {}}}`} {
		var source immuta.Source
		wantNoError(t, json.Unmarshal([]byte(text), &source))
		if got, ok := source.Handler(); ok {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestHandlerIsReadPastTheCacheWhereItsRouteCan(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	ofTable := handlerOf(tenant, addSource(tenant))
	source, _ := tenant.Source(tenant.AddSource(fake.SourceSpec{Technology: "Native S3"}))
	for query, ref := range map[string]immuta.HandlerRef{
		"skipCache=true": ofTable, "": {Prefix: "native-s3", ID: int64(source.HandlerID)},
	} {
		tenant.ResetJournal()
		_, err := client.Handler(t.Context(), ref)
		wantNoError(t, err)
		wantEqual(t, fmt.Sprint(ref.Prefix, ": the query"), tenant.Journal()[0].RawQuery, query)
	}
}

func TestHandlerWithoutMetadataIsUnreadable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"metadata": null}`, `{"metadata": 7}`, `{"metadata": []}`} {
		_, err := connect(t, replies(body)).Handler(t.Context(), immuta.HandlerRef{Prefix: "snowflake", ID: 7})
		if e := wantAs[*immuta.UnreadableError](t, err); e.Reason == "" || e.Request != "GET /snowflake/handler/7" {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestHandlerKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	tenant, client := startWith(t, []fake.Option{fake.WithMetadataKeys("future", "other")})
	ref := handlerOf(tenant, addSource(tenant))
	future := map[string]any{"big": json.Number("12345678901234567890"), "list": []any{1.5, nil, "<&>"}}
	tenant.UpdateHandler(int(ref.ID), func(metadata map[string]any) { metadata["future"] = future })
	handler, err := client.Handler(t.Context(), ref)
	wantNoError(t, err)
	changed := handler.Metadata.Clone()
	changed.Set("warehouse", "OTHER")
	changed.Set("password", "hunter2")
	changed.Set("other", nil)
	if handler.Metadata.Text("warehouse") == "OTHER" {
		t.Error("the copy shares its keys")
	}
	wantNoError(t, client.ReplaceHandler(t.Context(), ref, changed, handler.ConnectionString.Get()))
	again, err := client.Handler(t.Context(), ref)
	wantNoError(t, err)
	if !again.Metadata.Same(handler.Metadata, "future") {
		t.Errorf("%s became %s", handler.Metadata["future"], again.Metadata["future"])
	}
	wantEqual(t, "the warehouse", again.Metadata.Text("warehouse"), "OTHER")
	put := tenant.Journal().Filter("PUT", "")[0]
	wantEqual(t, "the query", put.RawQuery, "skipCache=true")
	if got, _ := put.Field("connectionString"); got != handler.ConnectionString.Get() {
		t.Errorf("the connection string is %v", got)
	}
	if secrets, _ := tenant.Secrets(int(ref.ID)); secrets.Password != "hunter2" {
		t.Errorf("the password is %q", secrets.Password)
	}
}

func TestMetadataLookup(t *testing.T) {
	t.Parallel()
	var m immuta.Metadata
	wantEqual(t, "a text of nil metadata", m.Text("key"), "")
	wantNoError(t, json.Unmarshal([]byte(`{"text": "a", "number": 7, "null": null, "object": {}}`), &m))
	got := map[string]string{}
	for _, key := range []string{"text", "number", "null", "object", "missing"} {
		got[key] = m.Text(key)
	}
	want := map[string]string{"text": "a", "number": "7", "null": "", "object": "", "missing": ""}
	wantEqual(t, "the texts", got, want)
	if l := immuta.Lookup[immuta.Int](m, "null"); !l.Answered || l.Value != nil {
		t.Errorf("a null is %v", l)
	}
	if l := immuta.Lookup[immuta.Int](m, "object"); l.Answered {
		t.Errorf("what is not foreseen is %v", l)
	}
}

func TestSameJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`{"a": 1, "b": [1, 2]}`, `{"b":[1,2],"a":1.0}`, true},
		{`"\u00e4"`, `"ä"`, true},
		{`x`, `x`, true},
		{`null`, ``, false},
		{`[1, 2]`, `[2, 1]`, false},
		{`1`, `"1"`, false},
		{`{"a": null}`, `{}`, false},
		{`x`, `y`, false},
	} {
		wantEqual(t, fmt.Sprint(test.a, " and ", test.b), immuta.SameJSON([]byte(test.a), []byte(test.b)), test.want)
	}
	a, b := immuta.Metadata{"x": []byte(`1`)}, immuta.Metadata{"x": []byte(`1.0`), "y": []byte(`1`)}
	if !a.Same(b, "x") || a.Same(b, "y") || b.Same(a, "y") || !a.Same(b, "z") {
		t.Error("keys are compared by more or less than their values")
	}
}
