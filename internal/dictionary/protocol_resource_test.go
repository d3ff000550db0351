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

const (
	get  = "GET /dictionary/*"
	put  = "PUT /dictionary/*"
	post = "POST /dictionary/*"
)

var snowflake = acctest.Config{
	"name": "Sales Orders", "remote_schema": "SALES", "remote_table": "ORDERS",
	"server": attrs{"hostname": "acme.example.com", "database": "PROD", "warehouse": "WH", "username": "U", "password": "secret"},
}

type attrs = map[string]any

// world is a bench whose source has a dictionary, which Immuta has made of the columns id, name and created_at.
type world struct {
	*acctest.Bench
	t *testing.T
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	return world{acctest.NewBench(t, resourceType, options...), t}
}

// column is a text, with further attributes.
func column(more attrs) attrs {
	c := attrs{"data_type": "text", "remote_type": "varchar"}
	maps.Copy(c, more)
	return c
}

// untyped is a column that is to be there already.
func untyped(more attrs) attrs {
	c := attrs{}
	maps.Copy(c, more)
	return c
}

func (w world) config(columns attrs) acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "columns": columns}
}

// whole is the configuration of an exclusive dictionary.
func (w world) whole(columns attrs) acctest.Config { return w.config(columns).With("exclusive", true) }

// taken applies a configuration that removes columns, and a warning says which.
func (w world) taken(r acctest.Resource, config acctest.Config, removed ...string) acctest.Resource {
	w.t.Helper()
	r, diags := w.Apply(r, config)
	diags.WantNoError(w.t)
	if len(diags) != 1 {
		w.t.Errorf("%d diagnostics, want one warning: %q", len(diags), diags.Warnings())
	}
	diags.WantWarningAt(w.t, "columns", append(removed, fmt.Sprint("dictionary of data source ", w.Source, " will lose columns"))...)
	return w.PlansEmpty(r, config)
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

const createdAt, id, name = "created_at timestamp with time zone", "id integer", "name text"

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

// add adds a column behind Terraform's back.
func (w world) add(name string) {
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		d.Columns = append(d.Columns, fake.Column{Name: name, DataType: "text", RemoteType: "varchar"})
	})
}

func TestProtocolTakesOverTheDictionaryThatTheHandlerMade(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": column(nil), "note": column(nil)})
	r := w.Applied(w.Absent(), config)
	w.WantCalls(get, put)
	w.wantColumns(createdAt, "id text", name, "note text")
	r = w.PlansEmpty(r, config)
	d, _ := w.Tenant.Dictionary(w.Source)
	acctest.WantAttributes(t, r.State, attrs{
		"id": fmt.Sprint(d.ID), "types.0": "text", "columns.id.remote_column": "id", "columns.name": nil, "exclusive": false,
		"on_destroy": "keep",
	})

	// A change of one type costs as much.
	w.Tenant.ResetJournal()
	r = w.Applied(r, config.With("columns.id.data_type", "integer"))
	w.WantCalls(get, put)
	w.wantColumns(createdAt, id, name, "note text")
	acctest.WantAttributes(t, r.State, attrs{"columns.id.data_type": "integer", "types.0": "integer"})
}

func TestProtocolMakesADictionaryThatIsMissing(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		w := world{acctest.NewBench(t, resourceType), t}
		w.Tenant.DeleteDictionary(w.Source)
		_, diags := w.Apply(w.Absent(), w.config(attrs{"id": column(nil)}).With("exclusive", exclusive))
		diags.WantNone(t)
		w.wantColumns("id text")
	}
}

func TestProtocolWritesNothingWhenNothingDiffers(t *testing.T) {
	w := newWorld(t)
	w.Applied(w.Absent(), w.config(attrs{
		"created_at": attrs{"data_type": "timestamp with time zone", "remote_type": "timestamp"},
		"id":         attrs{"data_type": "integer", "remote_type": "integer"},
		"name":       attrs{"data_type": "text", "remote_type": "varchar"},
	}))
	w.WantCalls(get)
}

func TestProtocolOrderNeverCausesADifference(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"a": column(attrs{"description": "first"}), "b": column(nil), "c": column(attrs{"nullable": false})})
	r := w.Created(config)
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { slices.Reverse(d.Columns) })
	w.PlansEmpty(r, config)
	w.Tenant.ResetJournal()
	more := config.With("columns.ab", column(nil))
	r = w.Applied(r, more)
	w.WantCalls(get, put)
	acctest.WantAttributes(t, r.State, attrs{"columns.a.description": "first", "columns.c.nullable": false, "columns.ab.description": nil})
	w.PlansEmpty(r, more)

	// The columns that were there keep their places.
	d, _ := w.Tenant.Dictionary(w.Source)
	if last := d.Columns[len(d.Columns)-1].Name; last != "ab" {
		t.Errorf("the last column is %s", last)
	}
}

// TestProtocolAColumnWithoutTypes is about what Immuta has discovered: it can be tagged and described without its types.
func TestProtocolAColumnWithoutTypes(t *testing.T) {
	w := newWorld(t)
	tagged := untyped(attrs{"tags": []any{attrs{"name": "PII"}}})
	config := w.config(attrs{"id": tagged})
	plan := w.Planned(w.Absent(), config)
	w.WantCalls(get)
	acctest.WantAttributes(t, plan.Planned, attrs{
		"columns.id.data_type": acctest.Unknown, "columns.id.description": acctest.Unknown,
		"columns.id.tags": []any{attrs{"name": "PII", "source": "curated"}},
	})

	// Terraform plans once more before it applies: what may change in between must not be in the plan.
	described := "which"
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns[0].Description, d.Columns[0].Nullable = &described, nil })
	if again := w.Planned(w.Absent(), config); !again.Planned.Equal(plan.Planned) {
		t.Errorf("planned %s, and then %s", plan.Planned, again.Planned)
	}
	r := w.Settled(w.Absent(), config)
	w.Want(r, "columns.id.description", described)
	w.wantTags("id", "PII curated")
	w.wantColumns(createdAt, id, name)

	// Types that change in Immuta are no drift of a column that leaves them alone.
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns[0].DataType = "bigint" })
	r = w.PlansEmpty(r, config)
	w.Want(r, "columns.id.data_type", "bigint")

	// One more that is there, and of which only the types may be asked.
	w.Tenant.ResetJournal()
	more := config.With("columns.name", untyped(attrs{"description": "who"}))
	plan = w.Planned(r, more)
	w.WantCalls(get)
	acctest.WantAttributes(t, plan.Planned, attrs{
		"columns.name.data_type": acctest.Unknown, "columns.name.description": "who", "columns.id.data_type": "bigint",
	})
	r = w.Settled(r, more)
	w.Tenant.ResetJournal()
	w.Applied(r, more.With("columns.name.description", "what"))
	w.WantCalls(get, put) // the plan knew all
}

func TestProtocolAColumnThatIsMissingAndHasNoTypes(t *testing.T) {
	says := []string{
		`columns["nam"].data_type is required for a column that the dictionary does not have`, "has id, name, created_at",
		`"nam" is misspelled`, "Terraform drops keys",
	}
	t.Run("at the plan of a create", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(attrs{"id": untyped(nil), "nam": untyped(nil), "ID": attrs{"data_type": "text"}})
		diags := w.TryPlan(w.Absent(), config)
		diags.WantErrorAt(t, "columns.nam.data_type", says...)
		diags.WantErrorAt(t, "columns.ID.remote_type", `columns["ID"].remote_type is required`, `has "id". If`)
		if len(diags) != 2 {
			t.Errorf("reported %q", diags.Errors())
		}
	})
	t.Run("at the plan of an update", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(attrs{"id": untyped(nil)})
		r := w.Created(config)
		w.Tenant.ResetJournal()
		w.TryPlan(r, config.With("columns.nam", untyped(nil))).WantErrorAt(t, "columns.nam.data_type", says...)
		w.WantCalls(get)
	})
	t.Run("at the plan of an exclusive one, which knows it", func(t *testing.T) {
		w := newWorld(t)
		config := w.whole(attrs{"id": untyped(nil), "name": untyped(nil), "created_at": untyped(nil)})
		r := w.Created(config)
		w.Tenant.ResetJournal()
		w.TryPlan(r, config.With("columns.nam", untyped(nil))).WantErrorAt(t, "columns.nam.data_type", says[0], "has created_at, id, name")
		w.WantCalls()
	})
	t.Run("in apply, before anything is written", func(t *testing.T) {
		w := newWorld(t)
		for _, status := range []bool{false, true} {
			w.Tenant.ResetJournal()
			config := w.config(attrs{"id": column(nil), "name": untyped(nil)}).With("exclusive", status)
			plan, _ := w.Plan(w.Absent(), config)
			w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
			_, diags := w.ApplyPlan(w.Absent(), plan, config)
			diags.WantErrorAt(t, "columns.name.data_type", `columns["name"].data_type is required`)
			w.WantNoWrites()
			w.add("name")
		}
	})
	t.Run("without any dictionary", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.DeleteDictionary(w.Source)
		w.Planned(w.Absent(), w.config(attrs{"name": untyped(nil)}))
		w.TryApply(w.Absent(), w.config(attrs{"name": untyped(nil)})).
			WantErrorAt(t, "data_source_id", "Dictionary not found", "give the data_type and the remote_type of every column", ": name")
		w.WantNoWrites()
	})
	t.Run("it may come later", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(attrs{"late": untyped(nil)})
		w.Planned(w.Absent(), config.With("data_source_id", acctest.Unknown))
		w.Validate(resourceType, config).WantNone(t)
		w.add("late")
		w.Created(config)
	})
}

// TestProtocolAColumnAddedRemotely is removed from an exclusive dictionary, and kept in a shared one.
func TestProtocolAColumnAddedRemotely(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": column(nil)})
	whole := config.With("exclusive", true)
	r := w.taken(w.Absent(), whole, "removes 2", "name, created_at")
	w.wantColumns("id text")
	w.add("extra")
	r = w.Refreshed(r)
	w.Want(r, "columns.extra.data_type", "text")
	w.Tenant.ResetJournal()
	r = w.taken(r, whole, "removes 1", "extra")
	w.WantCalls(get, put, get) // none by the plan; the last is the refresh
	w.wantColumns("id text")

	// No longer exclusive: nothing has to be written, nor read.
	w.Tenant.ResetJournal()
	r = w.Applied(r, config)
	w.WantCalls()
	w.add("extra")
	w.PlansEmpty(r, config)
	r = w.Settled(r, config.With("columns.id.data_type", "integer"))
	w.wantColumns("extra text", id)

	// One that leaves the map is no longer managed.
	w.Settled(r, w.config(attrs{"other": column(nil)}))
	w.wantColumns("extra text", id, "other text")
}

func TestProtocolAColumnThatLeavesTheMapStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": untyped(nil), "name": untyped(attrs{"description": "who", "tags": []any{attrs{"name": "PII"}}})})
	r := w.Created(config)
	w.Tenant.ResetJournal()
	r = w.Applied(r, config.Without("columns.name"))
	w.WantCalls()
	w.wantTags("name", "PII curated")
	w.wantColumns(createdAt, id, name)
	r = w.PlansEmpty(r, config.Without("columns.name"))

	// When it comes back, its tags are not its own: they stay when the set lacks them.
	w.Settled(r, config.With("columns.name.tags", []any{}))
	w.wantTags("name", "PII curated")
}

// TestProtocolExclusiveWarns is about the plans that would remove columns, and what it costs to know.
func TestProtocolExclusiveWarns(t *testing.T) {
	all := attrs{"id": untyped(nil), "name": untyped(nil), "created_at": untyped(nil)}
	t.Run("not when nothing goes", func(t *testing.T) {
		w := newWorld(t)
		r := w.Created(w.whole(all))
		w.Settled(r, w.config(all))
	})
	t.Run("when it becomes exclusive", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(attrs{"id": untyped(nil)})
		r := w.Created(config)
		w.Tenant.ResetJournal()
		w.TryPlan(r, config.With("exclusive", true)).WantWarningAt(t, "columns", "name, created_at")
		w.WantCalls(get)
		w.taken(r, config.With("exclusive", true), "name, created_at")
		w.wantColumns(id)
	})
	t.Run("when a column leaves the map", func(t *testing.T) {
		w := newWorld(t)
		r := w.Created(w.whole(all))
		w.Tenant.ResetJournal()
		w.TryPlan(r, w.whole(all).Without("columns.name")).WantWarningAt(t, "columns", "removes 1", ": name.")
		w.WantCalls()
		w.taken(r, w.whole(all).Without("columns.name"), "name")
		w.wantColumns(createdAt, id)
	})
	t.Run("with some of many", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
			for i := range 60 {
				d.Columns = append(d.Columns, fake.Column{Name: fmt.Sprintf("c%02d", i), DataType: "text", RemoteType: "varchar"})
			}
		})
		w.TryPlan(w.Absent(), w.whole(all)).WantWarning(t, "removes 60", "c49, …")
	})
	t.Run("not when that is not known", func(t *testing.T) {
		w := newWorld(t)
		w.Planned(w.Absent(), w.whole(all).With("data_source_id", acctest.Unknown))
		w.Planned(w.Absent(), w.whole(all).With("columns", acctest.Unknown))
		w.Planned(w.Absent(), w.config(attrs{"x": column(nil)}).With("exclusive", acctest.Unknown))
		w.WantCalls()
	})
	t.Run("not without a connection", func(t *testing.T) {
		w := newWorld(t)
		w.With(attrs{"host": acctest.Unknown}).Planned(w.Absent(), w.whole(all))
		w.WantCalls()
	})
	t.Run("not by the dictionary of another tenant", func(t *testing.T) {
		w, other := newWorld(t), acctest.NewSerial(t)
		config := w.config(attrs{"id": untyped(nil)})
		r := w.Created(config)
		w.With(attrs{"host": other.URL}).TryApply(r, config.With("exclusive", true)).WantError(t, "Another tenant", "was not tried")
		if calls := other.Tenant.Journal().Lines(); len(calls) > 0 {
			t.Errorf("asked of the other tenant: %q", calls)
		}
	})
	t.Run("not when it cannot look", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.Fault(fake.Fault{Path: "/dictionary/*", Status: 403})
		w.TryPlan(w.Absent(), w.whole(all)).WantErrorAt(t, "data_source_id", "Planning the dictionary of data source", "403")
	})
}

func TestProtocolAColumnRemovedRemotelyComesBack(t *testing.T) {
	w := newWorld(t)
	config := w.whole(attrs{"a": column(nil), "b": column(nil)})
	r := w.taken(w.Absent(), config, "id, name, created_at")
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
	w.Created(w.config(attrs{"id": column(nil)}))
	d, _ := w.Tenant.Dictionary(w.Source)
	c := d.Columns[0]
	if diff := cmp.Diff([]any{&remote, &described, &primary}, []any{c.RemoteColumn, c.Description, c.IsPrimaryKey}); diff != "" {
		t.Errorf("after a PUT (-want +got):\n%s", diff)
	}
}

func TestProtocolADescriptionIsCleared(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": untyped(attrs{"description": "old"})})
	r := w.Settled(w.Created(config), config.With("columns.id.description", ""))
	w.Want(r, "columns.id.description", "")
	r = w.Settled(r, config)

	// Not configured any more, it is left alone.
	r = w.Settled(r, config.Without("columns.id.description").With("columns.id", untyped(nil)))
	w.Want(r, "columns.id.description", "old")
}

// TestProtocolAValueThatImmutaIgnores is about tenants that do not keep descriptions.
func TestProtocolAValueThatImmutaIgnores(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": untyped(nil)})
	r := w.Created(config)
	d, _ := w.Tenant.Dictionary(w.Source)
	body := fmt.Sprintf(`{"id": %d, "dataSource": %d, "types": ["integer"],
		"metadata": [{"name": "id", "dataType": "integer", "remoteType": "integer"}]}`, d.ID, w.Source)
	ignore := func() { w.Tenant.Fault(fake.Fault{Method: "PUT", Path: "/dictionary/*", Status: 200, Body: body}) }
	ignore()
	r, diags := w.Apply(r, config.With("columns.id.description", "which"))
	diags.WantErrorAt(t, "columns.id.description", `columns["id"].description`, "does not return the new value")
	w.Want(r, "columns.id.description", nil)
	ignore()
	_, diags = w.Apply(w.Absent(), config.With("columns.id.description", "which"))
	diags.WantNoError(t)
	diags.WantWarningAt(t, "columns.id.description", "was taken over, but Immuta keeps another value")
}

func TestProtocolTags(t *testing.T) {
	discovered := fake.ColumnTag{Name: "Discovered.PII", Source: "system"}
	other := fake.ColumnTag{Name: "Team.Finance", Source: "curated"}
	tag := func(name string) any { return attrs{"name": name} }
	tagged := func(tags ...any) attrs { return attrs{"id": untyped(attrs{"tags": append([]any{}, tags...)})} }
	t.Run("null leaves them alone", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.Created(w.config(attrs{"id": untyped(nil)}))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		acctest.WantAttributes(t, r.State, attrs{"columns.id.tags": nil})
	})
	t.Run("a set owns only its names", func(t *testing.T) {
		w := newWorld(t)
		w.addTags("id", discovered, other)
		r := w.Created(w.config(tagged(tag("A.One"), tag("A.Two"))))
		w.wantTags("id", "A.One curated", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		r = w.Settled(r, w.config(tagged(tag("A.Two"))))
		w.wantTags("id", "A.Two curated", "Discovered.PII system", "Team.Finance curated")
		// The default may be spelled out.
		r = w.PlansNothing(r, w.config(tagged(attrs{"name": "A.Two", "source": "curated"})))
		r = w.Settled(r, w.config(tagged(attrs{"name": "A.Two", "source": "catalog"}, tag("A.Three"))))
		w.wantTags("id", "A.Three curated", "A.Two catalog", "Discovered.PII system", "Team.Finance curated")
		r = w.Settled(r, w.config(tagged()))
		w.wantTags("id", "Discovered.PII system", "Team.Finance curated")
		w.Settled(r, w.config(attrs{"id": untyped(nil)}))
	})
	t.Run("one that was removed in Immuta comes back", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(tagged(tag("A.One")))
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
		w.Want(r, "columns.id.tags", []any{attrs{"name": "Team.Finance", "source": "curated"}})
		w.PlansEmpty(r, w.config(attrs{"id": untyped(nil)}))
		w.PlansEmpty(r, w.config(tagged(tag("Team.Finance"))))
	})
	t.Run("that are not known yet", func(t *testing.T) {
		w := newWorld(t)
		r := w.Created(w.config(tagged(tag("PII"))))
		for _, tags := range []any{
			acctest.Unknown, []any{attrs{"name": acctest.Unknown}}, []any{attrs{"name": "PII", "source": acctest.Unknown}},
		} {
			config := w.config(attrs{"id": attrs{"tags": tags}})
			w.Validate(resourceType, config).WantNone(t)
			plan := w.Planned(r, config)
			if unknown := acctest.UnknownAttributes(plan.Planned); !slices.Contains(unknown, "updated_at") {
				t.Errorf("only %q is unknown in the plan of %v", unknown, tags)
			}
		}
	})
}

func TestProtocolColumnsThatAreNotKnownYet(t *testing.T) {
	w := newWorld(t)
	known := w.config(attrs{"id": untyped(nil)})
	r := w.Created(known)
	w.Tenant.ResetJournal()
	for name, test := range map[string]struct {
		config acctest.Config
		at     string
	}{
		"all":                  {known.With("columns", acctest.Unknown), "columns"},
		"one":                  {known.With("columns.id", acctest.Unknown), "columns.id"},
		"a new one":            {known.With("columns.new", acctest.Unknown), "columns.new"},
		"a type":               {known.With("columns.id", column(attrs{"data_type": acctest.Unknown})), "columns.id.data_type"},
		"a type of a new one":  {known.With("columns.new", column(attrs{"data_type": acctest.Unknown})), "columns.new.data_type"},
		"whether it is shared": {known.With("exclusive", acctest.Unknown), "exclusive"},
	} {
		t.Run(name, func(t *testing.T) {
			w.Validate(resourceType, test.config).WantNone(t)
			plan := w.Planned(r, test.config)
			acctest.WantAttributes(t, plan.Planned, attrs{test.at: acctest.Unknown, "updated_at": acctest.Unknown, "types": acctest.Unknown})
			w.WantCalls()
			plan = w.Planned(w.Absent(), test.config.With("data_source_id", acctest.Unknown))
			acctest.WantAttributes(t, plan.Planned, attrs{test.at: acctest.Unknown})
		})
	}
}

func TestProtocolFiveHundredColumnsGoInOneRequestEachWay(t *testing.T) {
	w := newWorld(t)
	columns := attrs{}
	for i := range 500 {
		columns[fmt.Sprintf("c%03d", i)] = column(nil)
	}
	r := w.Applied(w.Absent(), w.config(columns))
	w.WantCalls(get, put)
	r = w.Refreshed(r)
	w.WantCalls(get)
	w.PlansEmpty(r, w.config(columns))
}

func TestProtocolImport(t *testing.T) {
	w := newWorld(t)
	all := w.config(attrs{"id": untyped(attrs{"description": "which"}), "name": untyped(nil), "created_at": untyped(nil)})
	w.Created(all)
	w.PlansEmpty(w.ByID(fmt.Sprint(w.Source)), all)
	r := w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source}), all)
	acctest.WantAttributes(t, r.State, attrs{"exclusive": false, "on_destroy": "keep", "columns.id.description": "which"})

	// To manage it as a whole, or in part only, writes nothing.
	w.Tenant.ResetJournal()
	w.Applied(r, all.With("exclusive", true))
	w.WantCalls(get, get)
	w.Applied(r, all.Without("columns.name", "columns.created_at"))
	w.WantCalls()
	for _, malformed := range []string{"x", "0", "-1", "57/1"} {
		w.TryImport(resourceType, malformed).WantError(t, "Malformed import id")
	}
}

func TestProtocolImportOfADictionaryWithoutColumns(t *testing.T) {
	w := newWorld(t)
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = []fake.Column{} })
	r := w.ByID(fmt.Sprint(w.Source))
	w.Validate(resourceType, w.config(attrs{})).WantNone(t)
	w.PlansEmpty(r, w.config(attrs{}))
}

func TestProtocolImportLeavesOutAColumnWithoutAName(t *testing.T) {
	w := newWorld(t)
	w.add("")
	r := w.ByID(fmt.Sprint(w.Source))
	if columns, _ := acctest.Get(r.State, "columns").(attrs); len(columns) != 3 {
		t.Errorf("imported %v", columns)
	}
}

func TestProtocolDestroy(t *testing.T) {
	for name, test := range map[string]struct {
		config acctest.Config
		want   []string
	}{
		"keeps the dictionary by default":                {nil, []string{"a text", createdAt, id, name}},
		"deletes its own columns":                        {acctest.Config{"on_destroy": "delete"}, []string{createdAt, id, name}},
		"deletes all of an exclusive one":                {acctest.Config{"on_destroy": "delete", "exclusive": true}, nil},
		"keeps the columns of an exclusive one, as told": {acctest.Config{"exclusive": true, "on_destroy": "keep"}, []string{"a text"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			config := w.config(attrs{"a": column(nil)}).Merge(test.config)
			r, diags := w.Apply(w.Absent(), config)
			diags.WantNoError(t)
			w.Applied(w.PlansEmpty(r, config), nil)
			w.wantColumns(test.want...)
		})
	}
}

// TestProtocolAChangeOfWhatHappensLaterAsksNothing: neither value of these is anything in Immuta.
func TestProtocolAChangeOfWhatHappensLaterAsksNothing(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": untyped(nil)})
	r := w.Created(config)
	w.Tenant.ResetJournal()
	r = w.Applied(r, config.With("on_destroy", "delete"))
	w.WantCalls()
	w.Want(r, "on_destroy", "delete")
	r = w.Applied(r, config) // Left out, the default is back.
	w.Want(r, "on_destroy", "keep")
}

func TestProtocolErrors(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"a": column(nil)})
	for status, says := range map[int][]string{400: {"Correct the configuration"}, 403: {"owner,expert", "may not do this"}} {
		const message = "User must have one of the following roles to delete dictionary: owner,expert."
		w.Tenant.Fault(fake.Fault{Method: "PUT", Path: "/dictionary/*", Status: status, Message: message})
		w.TryApply(w.Absent(), config).WantError(t, append(says, "dictionary of data source", message)...)
	}
	for _, columns := range []attrs{{"a": column(nil)}, {"a": untyped(nil)}} {
		w.TryApply(w.Absent(), w.config(columns).With("data_source_id", 4711)).
			WantErrorAt(t, "data_source_id", "Data source not found", "4711", "Check the id")
	}
	for _, form := range []string{"metadata.3.dataType", "metadata[3].dataType"} {
		w.Tenant.Fault(fake.Fault{
			Method: "PUT", Path: "/dictionary/*", Status: 422,
			Body: `{"message": "Invalid", "validation": [{"path": "` + form + `", "message": "no such type", "code": "any.only"}]}`,
		})
		w.TryApply(w.Absent(), config).WantErrorAt(t, "columns.a.data_type", `refused the value of columns["a"].data_type`, "no such type")
	}
}

func TestProtocolValidation(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		config   acctest.Config
		at, says string
	}{
		"a column without a name": {w.config(attrs{"": column(nil)}), "columns.", `columns[""]`},
		"a column that is null": {
			w.config(attrs{"a": nil}), "columns.a", `columns["a"]: write {}`,
		},
		"an empty type":              {w.config(attrs{"a": column(attrs{"data_type": ""})}), "columns.a.data_type", `columns["a"].data_type`},
		"nothing, and exclusive":     {w.whole(attrs{}), "columns", "exclusive = false"},
		"another word":               {w.config(attrs{"a": column(nil)}).With("on_destroy", "remove"), "on_destroy", "keep"},
		"a tag that is there twice":  {w.config(attrs{"a": column(attrs{"tags": twice()})}), "columns.a.tags", `the tag "PII" from curated`},
		"no number of a data source": {w.config(attrs{"a": column(nil)}).With("data_source_id", 0), "data_source_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) { w.Validate(resourceType, test.config).WantErrorAt(t, test.at, test.says) })
	}
}

func twice() []any { return []any{attrs{"name": "PII"}, attrs{"name": "PII", "source": "curated"}} }

func TestProtocolTwoDictionariesNeverLoseAChange(t *testing.T) {
	w := newWorld(t)
	done := make(chan acctest.Diagnostics)
	for i := range 10 {
		go func() {
			_, diags := w.Apply(w.Absent(), w.config(attrs{fmt.Sprint("c", i): column(nil)}))
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
	source := snowflake.With("columns", []any{attrs{"name": "id", "data_type": "text", "remote_type": "varchar"}})
	r := w.Applied(acctest.Resource{Type: "immuta_snowflake_data_source"}, source)
	w.Source = w.Tenant.Sources()[1].ID
	w.Created(w.config(attrs{"id": column(attrs{"data_type": "integer"}), "note": column(nil)}))

	// A change of the handler leaves the dictionary alone.
	r = w.Applied(w.Refreshed(r), source.With("server.warehouse", "OTHER"))
	w.wantColumns(id, "note text")
	w.PlansEmpty(r, source.With("server.warehouse", "OTHER"))
}

func TestProtocolAnotherDataSourceReplaces(t *testing.T) {
	w := newWorld(t)
	config := w.config(attrs{"id": untyped(nil)})
	r := w.Created(config)
	w.Tenant.ResetJournal()
	w.Replaces(r, config.With("data_source_id", w.Source+1), "data_source_id")
	w.WantCalls()

	// That one may have columns which this one lacks.
	r = w.taken(r, config.With("exclusive", true), "name")
	w.Replaces(r, w.whole(attrs{"other": untyped(nil)}).With("data_source_id", w.Source+1), "data_source_id")
}
