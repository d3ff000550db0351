package dictionary_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_data_dictionary"

var snowflake = acctest.Config{
	"name": "Sales Orders", "remote_schema": "SALES", "remote_table": "ORDERS",
	"server": attrs{"hostname": "acme.example.com", "database": "PROD", "warehouse": "WH", "username": "U", "password": "secret"},
}

type attrs = map[string]any

// world is a bench whose source has a dictionary, which Immuta has made.
type world struct {
	*acctest.Bench
	t *testing.T
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	return world{acctest.NewBench(t, resourceType, options...), t}
}

func column(name string, more attrs) attrs {
	c := attrs{"name": name, "data_type": "text", "remote_type": "varchar"}
	maps.Copy(c, more)
	return c
}

func (w world) config(columns ...any) acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "columns": columns}
}

// columns are the names and types in the tenant, sorted.
func (w world) columns() []string {
	d, _ := w.Tenant.Dictionary(w.Source)
	var out []string
	for _, c := range d.Columns {
		out = append(out, c.Name+" "+c.DataType)
	}
	slices.Sort(out)
	return out
}

func (w world) wantColumns(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.columns()); diff != "" {
		w.t.Errorf("columns in the tenant (-want +got):\n%s", diff)
	}
}

func (w world) wantTags(name string, want ...string) {
	w.t.Helper()
	d, _ := w.Tenant.Dictionary(w.Source)
	var got []string
	for _, c := range d.Columns {
		for _, tag := range c.Tags {
			if c.Name == name {
				got = append(got, tag.Name+" "+tag.Source)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("tags of %s in the tenant (-want +got):\n%s", name, diff)
	}
}

func (w world) addTags(name string, tags ...fake.ColumnTag) {
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		for i := range d.Columns {
			if d.Columns[i].Name == name {
				d.Columns[i].Tags = append(d.Columns[i].Tags, tags...)
			}
		}
	})
}

func TestProtocolTakesOverTheDictionaryThatTheHandlerMade(t *testing.T) {
	w := newWorld(t)
	r := w.Applied(w.Absent(), w.config(column("id", nil), column("note", nil)))
	w.WantCalls("GET /dictionary/*", "PUT /dictionary/*")
	w.wantColumns("id text", "note text")
	r = w.PlansEmpty(r, w.config(column("id", nil), column("note", nil)))
	acctest.WantAttributes(t, r.State, attrs{"types.0": "text", "columns.0.remote_column": "id"})

	// A change of one type costs as much.
	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config(column("id", attrs{"data_type": "integer"}), column("note", nil)))
	w.WantCalls("GET /dictionary/*", "PUT /dictionary/*")
	w.wantColumns("id integer", "note text")
	w.Want(r, "columns.0.data_type", "integer")
}

func TestProtocolMakesADictionaryThatIsMissing(t *testing.T) {
	w := newWorld(t)
	w.Tenant.DeleteDictionary(w.Source)
	w.Applied(w.Absent(), w.config(column("id", nil)))
	w.WantCalls("GET /dictionary/*", "POST /dictionary/*")
	w.wantColumns("id text")
}

func TestProtocolWritesNothingWhenNothingDiffers(t *testing.T) {
	w := newWorld(t)
	config := w.config(
		attrs{"name": "created_at", "data_type": "timestamp with time zone", "remote_type": "timestamp"},
		attrs{"name": "id", "data_type": "integer", "remote_type": "integer"},
		attrs{"name": "name", "data_type": "text", "remote_type": "varchar"})
	w.Applied(w.Absent(), config)
	w.WantCalls("GET /dictionary/*")
}

func TestProtocolOrderNeverCausesADifference(t *testing.T) {
	w := newWorld(t)
	a, b, c := column("a", attrs{"description": "first"}), column("b", nil), column("c", attrs{"nullable": false})
	r := w.Created(w.config(a, b, c))

	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { slices.Reverse(d.Columns) })
	w.PlansEmpty(r, w.config(a, b, c))
	w.PlansEmpty(r, w.config(c, a, b))

	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config(c, a, column("d", nil), b))
	w.WantCalls("GET /dictionary/*", "PUT /dictionary/*")
	acctest.WantAttributes(t, r.State, attrs{"columns.1.description": "first", "columns.2.description": nil})
	w.PlansEmpty(r, w.config(c, a, column("d", nil), b))
}

// TestProtocolAColumnAddedRemotely is removed from an exclusive dictionary, and kept in a shared one.
func TestProtocolAColumnAddedRemotely(t *testing.T) {
	w := newWorld(t)
	add := func() {
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
			d.Columns = append(d.Columns, fake.Column{Name: "extra", DataType: "text", RemoteType: "varchar"})
		})
	}
	config := w.config(column("id", nil))
	r := w.Created(config)
	add()
	r = w.Refreshed(r)
	w.Want(r, "columns.1.name", "extra")
	r = w.Settled(r, config)
	w.wantColumns("id text")

	config = config.With("exclusive", false)
	r = w.Settled(r, config)
	add()
	w.PlansEmpty(r, config)
	r = w.Settled(r, config.With("columns.0.data_type", "integer"))
	w.wantColumns("extra text", "id integer")
	w.Settled(r, w.config(column("other", nil)).With("exclusive", false))
	w.wantColumns("extra text", "other text")
}

func TestProtocolAColumnRemovedRemotelyComesBack(t *testing.T) {
	w := newWorld(t)
	config := w.config(column("a", nil), column("b", nil))
	r := w.Created(config)
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
	w.Settled(w.Refreshed(r), config)
	w.wantColumns("a text", "b text")
}

func TestProtocolKeysThatAreNotConfiguredSurviveAPut(t *testing.T) {
	w := newWorld(t)
	remote, described, primary := "ID_REMOTE", "people wrote this", true
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		d.Columns[0].RemoteColumn, d.Columns[0].Description, d.Columns[0].IsPrimaryKey = &remote, &described, &primary
	})
	w.Created(w.config(column("id", nil)))
	d, _ := w.Tenant.Dictionary(w.Source)
	c := d.Columns[0]
	if diff := cmp.Diff([]any{&remote, &described, &primary}, []any{c.RemoteColumn, c.Description, c.IsPrimaryKey}); diff != "" {
		t.Errorf("after a PUT (-want +got):\n%s", diff)
	}
}

func TestProtocolADescriptionIsCleared(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config(column("id", attrs{"description": "old"})))
	r = w.Settled(r, w.config(column("id", attrs{"description": ""})))
	acctest.WantAttributes(t, r.State, attrs{"columns.0.description": ""})
}

func TestProtocolTags(t *testing.T) {
	discovered := fake.ColumnTag{Name: "Discovered.PII", Source: "system"}
	other := fake.ColumnTag{Name: "Team.Finance", Source: "curated"}
	tag := func(name string) any { return attrs{"name": name} }
	t.Run("null leaves them alone", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.Created(w.config(column("id", nil)))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		acctest.WantAttributes(t, r.State, attrs{"columns.0.tags": nil})
	})
	t.Run("a set owns only its names", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.Created(w.config(column("id", attrs{"tags": []any{tag("A.One"), tag("A.Two")}})))
		w.wantTags("id", "A.One curated", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		r = w.Settled(r, w.config(column("id", attrs{"tags": []any{tag("A.Two")}})))
		w.wantTags("id", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		r = w.Settled(r, w.config(column("id", attrs{"tags": []any{}})))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		w.Settled(r, w.config(column("id", nil)))
	})
	t.Run("one that was removed in Immuta comes back", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(column("id", attrs{"tags": []any{tag("A.One")}}))
		r := w.Created(config)
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns[0].Tags = nil })
		r = w.Refreshed(r)
		w.Settled(r, config)
		w.wantTags("id", "A.One curated")
	})
	t.Run("an import takes the curated ones along", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
		w.addTags("id", discovered, other, fake.ColumnTag{Name: "Gone", Source: "curated", Deleted: true})
		r := w.ByID(fmt.Sprint(w.Source))
		w.Want(r, "columns.0.tags", []any{attrs{"name": "Team.Finance", "source": nil}})
		config := w.config(attrs{"name": "id", "data_type": "integer", "remote_type": "integer"})
		w.PlansEmpty(r, config)
		w.PlansEmpty(r, config.With("columns.0.tags", []any{tag("Team.Finance")}))
	})
}

func TestProtocolFiveHundredColumnsGoInOneRequestEachWay(t *testing.T) {
	w := newWorld(t)
	var columns []any
	for i := range 500 {
		columns = append(columns, column(fmt.Sprintf("c%03d", i), nil))
	}
	r := w.Applied(w.Absent(), w.config(columns...))
	w.WantCalls("GET /dictionary/*", "PUT /dictionary/*")
	r = w.Refreshed(r)
	w.WantCalls("GET /dictionary/*")
	w.PlansEmpty(r, w.config(columns...))
}

func TestProtocolImport(t *testing.T) {
	w := newWorld(t)
	config := w.config(column("b", attrs{"nullable": true}), column("a", nil))
	w.Created(config)
	w.PlansEmpty(w.ByID(fmt.Sprint(w.Source)), config)
	w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source}), config)
	for _, malformed := range []string{"x", "0", "-1", "57/1"} {
		w.TryImport(resourceType, malformed).WantError(t, "Malformed import id")
	}
}

func TestProtocolDestroy(t *testing.T) {
	for name, test := range map[string]struct {
		config acctest.Config
		want   []string
	}{
		"keeps the dictionary by default": {nil, []string{"a text", "b text"}},
		"deletes it when asked to":        {acctest.Config{"on_destroy": "delete"}, nil},
		"deletes only its own columns from a shared one": {
			acctest.Config{"on_destroy": "delete", "exclusive": false}, []string{"created_at timestamp with time zone", "id integer", "name text"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Applied(w.Created(w.config(column("a", nil), column("b", nil)).Merge(test.config)), nil)
			w.wantColumns(test.want...)
		})
	}
}

func TestProtocolErrors(t *testing.T) {
	w := newWorld(t)
	config := w.config(column("a", nil))
	for status, says := range map[int][]string{400: {"Correct the configuration"}, 403: {"owner,expert", "may not do this"}} {
		const message = "User must have one of the following roles to delete dictionary: owner,expert."
		w.Tenant.Fault(fake.Fault{Method: "PUT", Path: "/dictionary/*", Status: status, Message: message})
		w.TryApply(w.Absent(), config).WantError(t, append(says, "dictionary of data source", message)...)
	}
	w.TryApply(w.Absent(), config.With("data_source_id", 4711)).
		WantErrorAt(t, "data_source_id", "Data source not found", "4711", "Check the id")
	w.Validate(resourceType, w.config(column("a", nil), column("b", nil), column("a", nil))).WantErrorAt(t, "columns.2.name", `"a"`)
	w.Validate(resourceType, w.config()).WantErrorAt(t, "columns")
}

func TestProtocolTwoSharedDictionariesNeverLoseAChange(t *testing.T) {
	w := newWorld(t)
	done := make(chan acctest.Diagnostics)
	for i := range 10 {
		go func() {
			_, diags := w.Apply(w.Absent(), w.config(column(fmt.Sprintf("c%d", i), nil)).With("exclusive", false))
			done <- diags
		}()
	}
	for range 10 {
		diags := <-done
		diags.WantNone(t)
	}
	if got := len(w.columns()); got != 13 {
		t.Errorf("%d columns, want 3 and 10", got)
	}
}

func TestProtocolColumnsOfTheSourceAndADictionaryGetAlong(t *testing.T) {
	w := newWorld(t)
	source := snowflake.With("columns", []any{column("id", nil)})
	r := w.Applied(acctest.Resource{Type: "immuta_snowflake_data_source"}, source)
	w.Source = w.Tenant.Sources()[1].ID
	w.Created(w.config(column("id", attrs{"data_type": "integer"}), column("note", nil)))

	// A change of the handler leaves the dictionary alone.
	r = w.Applied(w.Refreshed(r), source.With("server.warehouse", "OTHER"))
	w.wantColumns("id integer", "note text")
	w.PlansEmpty(r, source.With("server.warehouse", "OTHER"))
}
