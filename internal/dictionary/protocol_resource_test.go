package dictionary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_data_dictionary"

var absent = acctest.Resource{Type: resourceType}

// world is a tenant with one source, whose dictionary Immuta has made.
type world struct {
	*acctest.Env
	*acctest.Protocol
	t      *testing.T
	source int
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	env := acctest.New(t, options...)
	w := world{Env: env, Protocol: env.Protocol(nil), t: t, source: env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})}
	env.Tenant.ResetJournal()
	return w
}

func column(name string, more map[string]any) map[string]any {
	c := map[string]any{"name": name, "data_type": "text", "remote_type": "varchar"}
	for key, value := range more {
		c[key] = value
	}
	return c
}

func (w world) config(columns ...any) acctest.Config {
	return acctest.Config{"data_source_id": w.source, "columns": columns}
}

// apply applies without an error, and sees that the plan after it is empty.
func (w world) apply(r acctest.Resource, config acctest.Config) acctest.Resource {
	w.t.Helper()
	r = w.Applied(r, config)
	w.plansEmpty(r, config)
	return r
}

// plansEmpty refreshes and plans.
func (w world) plansEmpty(r acctest.Resource, config acctest.Config) {
	w.t.Helper()
	refreshed := w.Refreshed(r)
	plan := w.Planned(refreshed, config)
	if diff, _ := plan.Planned.Diff(refreshed.State); len(diff) > 0 {
		w.t.Errorf("the plan is not empty: %s", diff)
	}
}

func (w world) noErrors(diags acctest.Diagnostics) {
	w.t.Helper()
	if errs := diags.Errors(); len(errs) > 0 {
		w.t.Fatal(strings.Join(errs, "\n"))
	}
}

// columns are the names and types in the tenant, sorted.
func (w world) columns() []string {
	d, _ := w.Tenant.Dictionary(w.source)
	var out []string
	for _, c := range d.Columns {
		out = append(out, c.Name+" "+c.DataType)
	}
	slices.Sort(out)
	return out
}

func (w world) tags(name string) []string {
	d, _ := w.Tenant.Dictionary(w.source)
	var out []string
	for _, c := range d.Columns {
		for _, tag := range c.Tags {
			if c.Name == name {
				out = append(out, tag.Name+" "+tag.Source)
			}
		}
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
	if diff := cmp.Diff(want, w.tags(name)); diff != "" {
		w.t.Errorf("tags of %s in the tenant (-want +got):\n%s", name, diff)
	}
}

func (w world) wantCalls(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, acctest.Calls(w.Tenant.Journal())); diff != "" {
		w.t.Errorf("requests (-want +got):\n%s", diff)
	}
	w.Tenant.ResetJournal()
}

func (w world) addTags(name string, tags ...fake.ColumnTag) {
	w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) {
		for i := range d.Columns {
			if d.Columns[i].Name == name {
				d.Columns[i].Tags = append(d.Columns[i].Tags, tags...)
			}
		}
	})
}

func TestProtocolTakesOverTheDictionaryThatTheHandlerMade(t *testing.T) {
	w := newWorld(t)
	r := w.Applied(absent, w.config(column("id", nil), column("note", nil)))
	w.wantCalls("GET /dictionary/*", "PUT /dictionary/*")
	w.wantColumns("id text", "note text")
	w.plansEmpty(r, w.config(column("id", nil), column("note", nil)))
	if got := acctest.Get(r.State, "types.0"); got != "text" {
		t.Errorf("types.0 is %v", got)
	}
	if got := acctest.Get(r.State, "columns.0.remote_column"); got != "id" {
		t.Errorf("remote_column of a column that was there is %v, want Immuta's", got)
	}
}

func TestProtocolMakesADictionaryThatIsMissing(t *testing.T) {
	w := newWorld(t)
	w.Tenant.DeleteDictionary(w.source)
	w.Applied(absent, w.config(column("id", nil)))
	w.wantCalls("GET /dictionary/*", "POST /dictionary/*")
	w.wantColumns("id text")
}

func TestProtocolWritesNothingWhenNothingDiffers(t *testing.T) {
	w := newWorld(t)
	config := w.config(
		map[string]any{"name": "created_at", "data_type": "timestamp with time zone", "remote_type": "timestamp"},
		map[string]any{"name": "id", "data_type": "integer", "remote_type": "integer"},
		map[string]any{"name": "name", "data_type": "text", "remote_type": "varchar"})
	w.Applied(absent, config)
	w.wantCalls("GET /dictionary/*")
}

func TestProtocolChangingOneTypeCostsOnePut(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config(column("id", nil), column("note", nil)))
	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config(column("id", map[string]any{"data_type": "integer"}), column("note", nil)))
	w.wantCalls("GET /dictionary/*", "PUT /dictionary/*")
	w.wantColumns("id integer", "note text")
	if got := acctest.Get(r.State, "columns.0.data_type"); got != "integer" {
		t.Errorf("data_type is %v", got)
	}
}

func TestProtocolOrderNeverCausesADifference(t *testing.T) {
	w := newWorld(t)
	a, b, c := column("a", map[string]any{"description": "first"}), column("b", nil), column("c", map[string]any{"nullable": false})
	r := w.apply(absent, w.config(a, b, c))

	w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) { slices.Reverse(d.Columns) })
	w.plansEmpty(r, w.config(a, b, c))
	w.plansEmpty(r, w.config(c, a, b))

	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config(c, a, column("d", nil), b))
	w.wantCalls("GET /dictionary/*", "PUT /dictionary/*")
	if got := acctest.Get(r.State, "columns.1.description"); got != "first" {
		t.Errorf("a's description after a reorder is %v", got)
	}
	if got := acctest.Get(r.State, "columns.2.description"); got != nil {
		t.Errorf("the new column took a neighbour's description: %v", got)
	}
	w.plansEmpty(r, w.config(c, a, column("d", nil), b))
}

func TestProtocolAColumnAddedRemotely(t *testing.T) {
	add := func(w world) {
		w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) {
			d.Columns = append(d.Columns, fake.Column{Name: "extra", DataType: "text", RemoteType: "varchar"})
		})
	}
	t.Run("is removed from an exclusive dictionary", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(column("id", nil))
		r := w.apply(absent, config)
		add(w)
		r = w.Refreshed(r)
		if got := acctest.Get(r.State, "columns.1.name"); got != "extra" {
			t.Errorf("drift shows %v, want the extra column", got)
		}
		w.apply(r, config)
		w.wantColumns("id text")
	})
	t.Run("is kept in a shared dictionary", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(column("id", nil)).With("exclusive", false)
		r := w.apply(absent, config)
		add(w)
		w.plansEmpty(r, config)
		r = w.apply(r, config.With("columns.0.data_type", "integer"))
		w.wantColumns("created_at timestamp with time zone", "extra text", "id integer", "name text")

		w.apply(r, w.config(column("other", nil)).With("exclusive", false))
		w.wantColumns("created_at timestamp with time zone", "extra text", "name text", "other text")
	})
}

func TestProtocolAColumnRemovedRemotelyComesBack(t *testing.T) {
	w := newWorld(t)
	config := w.config(column("a", nil), column("b", nil))
	r := w.apply(absent, config)
	w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
	r = w.Refreshed(r)
	w.apply(r, config)
	w.wantColumns("a text", "b text")
}

func TestProtocolKeysThatAreNotConfiguredSurviveAPut(t *testing.T) {
	w := newWorld(t)
	remote, described, primary := "ID_REMOTE", "people wrote this", true
	w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) {
		d.Columns[0].RemoteColumn, d.Columns[0].Description, d.Columns[0].IsPrimaryKey = &remote, &described, &primary
	})
	w.apply(absent, w.config(column("id", nil)))
	d, _ := w.Tenant.Dictionary(w.source)
	c := d.Columns[0]
	if c.RemoteColumn == nil || *c.RemoteColumn != remote || c.Description == nil || *c.Description != described {
		t.Errorf("remoteColumn and description after a PUT: %v, %v", c.RemoteColumn, c.Description)
	}
	if c.IsPrimaryKey == nil || !*c.IsPrimaryKey {
		t.Error("a key that the provider does not know was lost in a PUT")
	}
}

func TestProtocolADescriptionIsCleared(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config(column("id", map[string]any{"description": "old"})))
	r = w.apply(r, w.config(column("id", map[string]any{"description": ""})))
	if got := acctest.Get(r.State, "columns.0.description"); got != "" {
		t.Errorf("description is %v", got)
	}
}

func TestProtocolTags(t *testing.T) {
	discovered := fake.ColumnTag{Name: "Discovered.PII", Source: "system"}
	other := fake.ColumnTag{Name: "Team.Finance", Source: "curated"}
	tag := func(name string) any { return map[string]any{"name": name} }
	t.Run("null leaves them alone", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.apply(absent, w.config(column("id", nil)))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		if got := acctest.Get(r.State, "columns.0.tags"); got != nil {
			t.Errorf("tags in the state are %v", got)
		}
	})
	t.Run("a set owns only its names", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.apply(absent, w.config(column("id", map[string]any{"tags": []any{tag("A.One"), tag("A.Two")}})))
		w.wantTags("id", "A.One curated", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		r = w.apply(r, w.config(column("id", map[string]any{"tags": []any{tag("A.Two")}})))
		w.wantTags("id", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		r = w.apply(r, w.config(column("id", map[string]any{"tags": []any{}})))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		w.apply(r, w.config(column("id", nil)))
	})
	t.Run("one that was removed in Immuta comes back", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(column("id", map[string]any{"tags": []any{tag("A.One")}}))
		r := w.apply(absent, config)
		w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) { d.Columns[0].Tags = nil })
		r = w.Refreshed(r)
		w.apply(r, config)
		w.wantTags("id", "A.One curated")
	})
	t.Run("an import takes the curated ones along", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
		w.addTags("id", discovered, other)
		r := w.Imported(resourceType, fmt.Sprint(w.source))
		config := w.config(map[string]any{"name": "id", "data_type": "integer", "remote_type": "integer"})
		w.plansEmpty(r, config)
		w.plansEmpty(r, config.With("columns.0.tags", []any{tag("Team.Finance")}))
	})
}

func TestProtocolFiveHundredColumnsGoInOneRequestEachWay(t *testing.T) {
	w := newWorld(t)
	var columns []any
	for i := range 500 {
		columns = append(columns, column(fmt.Sprintf("c%03d", i), nil))
	}
	r := w.Applied(absent, w.config(columns...))
	w.wantCalls("GET /dictionary/*", "PUT /dictionary/*")
	r = w.Refreshed(r)
	w.wantCalls("GET /dictionary/*")
	w.plansEmpty(r, w.config(columns...))
}

func TestProtocolImport(t *testing.T) {
	w := newWorld(t)
	config := w.config(column("b", map[string]any{"nullable": true}), column("a", nil))
	w.apply(absent, config)
	byID := w.Imported(resourceType, fmt.Sprint(w.source))
	w.plansEmpty(byID, config)
	byIdentity, diags := w.ImportIdentity(resourceType, map[string]any{"data_source_id": w.source})
	w.noErrors(diags)
	w.plansEmpty(byIdentity, config)
	if !byID.State.Equal(byIdentity.State) {
		t.Error("the two imports differ")
	}
	for _, malformed := range []string{"", "x", "0", "-1", "57/1"} {
		if _, diags := w.Import(resourceType, malformed); len(diags.Errors()) == 0 {
			t.Errorf("importing %q is no error", malformed)
		}
	}
}

func TestProtocolDestroy(t *testing.T) {
	for _, test := range []struct {
		name   string
		config map[string]any
		want   []string
	}{
		{"keeps the dictionary by default", nil, []string{"a text", "b text"}},
		{"deletes it when asked to", map[string]any{"on_destroy": "delete"}, nil},
		{"deletes only its own columns from a shared one", map[string]any{"on_destroy": "delete", "exclusive": false}, []string{"created_at timestamp with time zone", "id integer", "name text"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			config := w.config(column("a", nil), column("b", nil))
			for key, value := range test.config {
				config = config.With(key, value)
			}
			r := w.apply(absent, config)
			r = w.Applied(r, nil)
			if r.Exists() {
				t.Error("the resource is still in the state")
			}
			w.wantColumns(test.want...)
		})
	}
}

func TestProtocolDeletedOutsideOfTerraform(t *testing.T) {
	for name, remove := range map[string]func(w world){
		"the dictionary":  func(w world) { w.Tenant.DeleteDictionary(w.source) },
		"the data source": func(w world) { w.Tenant.Destroy(w.source) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.apply(absent, w.config(column("a", nil)))
			remove(w)
			r, diags := w.Refresh(r)
			w.noErrors(diags)
			if r.Exists() || len(diags.Warnings()) != 1 {
				t.Errorf("exists: %t, warnings: %q", r.Exists(), diags.Warnings())
			}
		})
	}
}

func TestProtocolErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		want   []string
	}{
		{"400", 400, []string{"dictionary of data source", "Bad request: (reason)", "Correct the configuration"}},
		{"403", 403, []string{"dictionary of data source", "owner,expert", "may not do this"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			message := "Bad request: (reason)"
			if test.status == 403 {
				message = "User must have one of the following roles to delete dictionary: owner,expert."
			}
			w.Tenant.Fault(fake.Fault{Method: "PUT", Path: "/dictionary/*", Status: test.status, Message: message})
			r, diags := w.Apply(absent, w.config(column("a", nil)))
			w.wantError(diags, test.want...)
			if r.Exists() {
				t.Error("a resource that was never written is in the state")
			}
		})
	}
	t.Run("404", func(t *testing.T) {
		w := newWorld(t)
		_, diags := w.Apply(absent, w.config(column("a", nil)).With("data_source_id", 4711))
		w.wantError(diags, `AttributeName("data_source_id")`, "Data source not found", "4711", "Check the id")
	})
	t.Run("a column twice", func(t *testing.T) {
		w := newWorld(t)
		w.wantError(w.Validate(resourceType, w.config(column("a", nil), column("b", nil), column("a", nil))),
			`AttributeName("columns").ElementKeyInt(2).AttributeName("name")`, `"a"`)
	})
	t.Run("no columns", func(t *testing.T) {
		w := newWorld(t)
		w.wantError(w.Validate(resourceType, w.config()), "columns")
	})
}

func (w world) wantError(diags acctest.Diagnostics, parts ...string) {
	w.t.Helper()
	all := strings.Join(diags.Errors(), "\n")
	for _, part := range parts {
		if !strings.Contains(all, part) {
			w.t.Errorf("the errors do not hold %q:\n%s", part, all)
		}
	}
}

func TestProtocolALostAnswerConverges(t *testing.T) {
	for _, missing := range []bool{false, true} {
		for _, when := range []fake.When{fake.Before, fake.After} {
			for _, method := range []string{"PUT", "POST"} {
				t.Run(fmt.Sprintf("%s %v missing=%t", method, when, missing), func(t *testing.T) {
					w := newWorld(t)
					if missing {
						w.Tenant.DeleteDictionary(w.source)
					}
					w.Tenant.Fault(fake.Fault{Method: method, Path: "/dictionary/*", When: when, Reset: true})
					config := w.config(column("a", nil), column("b", nil))
					r, _ := w.Apply(absent, config)
					w.apply(r, config)
					w.wantColumns("a text", "b text")
				})
			}
		}
	}
}

func TestProtocolTwoSharedDictionariesNeverLoseAChange(t *testing.T) {
	w := newWorld(t)
	done := make(chan acctest.Diagnostics)
	for i := range 10 {
		go func() {
			_, diags := w.Apply(absent, w.config(column(fmt.Sprintf("c%d", i), nil)).With("exclusive", false))
			done <- diags
		}()
	}
	for range 10 {
		w.noErrors(<-done)
	}
	if got := len(w.columns()); got != 13 {
		t.Errorf("%d columns, want 3 and 10", got)
	}
}

func TestProtocolColumnsOfTheSourceAndADictionaryGetAlong(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	source := acctest.Config{
		"name": "Orders", "remote_schema": "SALES", "remote_table": "ORDERS",
		"server":  map[string]any{"hostname": "acme.example.com", "database": "PROD", "warehouse": "WH", "username": "U", "password_wo": "secret"},
		"columns": []any{column("id", nil)},
	}
	r, diags := p.Apply(acctest.Resource{Type: "immuta_snowflake_data_source"}, source)
	w := world{Env: env, Protocol: p, t: t, source: env.Tenant.Sources()[0].ID}
	w.noErrors(diags)
	w.apply(absent, w.config(column("id", map[string]any{"data_type": "integer"}), column("note", nil)))

	// A change of the handler leaves the dictionary alone.
	r = p.Refreshed(r)
	r = p.Applied(r, source.With("server.warehouse", "OTHER"))
	w.wantColumns("id integer", "note text")
	w.plansEmpty(r, source.With("server.warehouse", "OTHER"))
}
