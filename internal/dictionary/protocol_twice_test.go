package dictionary_test

import (
	"fmt"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// What Immuta lists twice is there once, in a set and wherever a name tells the rows apart.

var pii = fake.ColumnTag{Name: "PII", Source: "curated"}

func TestProtocolDataSourceAnswersATagOnce(t *testing.T) {
	w := newWorld(t)
	// A tag without a source is a curated one.
	remembered := fake.ColumnTag{Name: "PII", Source: "curated", Deleted: true}
	w.addTags("id", pii, pii, fake.ColumnTag{Name: "PII", Source: "system"}, remembered, fake.ColumnTag{Name: "PII"})
	state := w.answered()
	want := []any{attrs{"name": "PII", "source": "curated"}, attrs{"name": "PII", "source": "system"}}
	acctest.WantAttributes(t, state, attrs{"columns.0.tags": want, "columns.2.name": "created_at"})
}

func TestProtocolTagsThatAreThereTwice(t *testing.T) {
	tagged := untyped(attrs{"tags": []any{attrs{"name": "PII"}}})
	remembered := fake.ColumnTag{Name: "PII", Source: "curated", Deleted: true}
	t.Run("are no drift", func(t *testing.T) {
		w := newWorld(t)
		config := w.config(attrs{"id": tagged})
		r := w.Created(config)
		w.addTags("id", pii, remembered)
		w.PlansEmpty(r, config)
	})
	t.Run("all go", func(t *testing.T) {
		w := newWorld(t)
		r := w.Created(w.config(attrs{"id": tagged}))
		w.addTags("id", pii)
		w.Settled(r, w.config(attrs{"id": untyped(attrs{"tags": []any{}})}))
		w.wantTags("id")
	})
	t.Run("are imported once", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = d.Columns[:1] })
		w.addTags("id", pii, pii)
		r := w.ByID(fmt.Sprint(w.Source))
		acctest.WantAttributes(t, r.State, attrs{"columns.id.tags": []any{attrs{"name": "PII", "source": "curated"}}})
		config := w.config(attrs{"id": tagged})
		w.PlansEmpty(r, config)
		r = w.Settled(r, config.With("columns.id.tags", []any{}))
		w.wantTags("id")
		w.Settled(r, config)
		w.wantTags("id", "PII curated")
	})
}

// twice makes Immuta list the first column twice, once with another type.
func (w world) twice() {
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		again := d.Columns[0]
		again.DataType = "text"
		d.Columns = append(d.Columns, again)
	})
}

func TestProtocolColumnsThatAreThereTwice(t *testing.T) {
	both := attrs{"id": column(attrs{"data_type": "integer", "remote_type": "integer"}), "name": column(nil)}
	t.Run("are answered once", func(t *testing.T) {
		w := newWorld(t)
		w.twice()
		w.addTags("id", pii)
		acctest.WantAttributes(t, w.answered(), attrs{
			"columns.0.name": "id", "columns.0.data_type": "integer", "columns.0.tags.0.name": "PII",
			"columns.1.name": "name", "columns.2.name": "created_at", "columns.3": nil,
		})
	})
	t.Run("are imported once", func(t *testing.T) {
		w := newWorld(t)
		w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) { d.Columns = d.Columns[:2] })
		w.twice()
		r := w.ByID(fmt.Sprint(w.Source))
		acctest.WantAttributes(t, r.State, attrs{"columns.id.data_type": "integer"})
		w.PlansEmpty(r, w.config(both))
	})
	t.Run("are no drift", func(t *testing.T) {
		w := newWorld(t)
		r := w.Created(w.config(both))
		w.twice()
		w.PlansEmpty(r, w.config(both))
	})
	t.Run("are written once", func(t *testing.T) {
		w := newWorld(t)
		w.twice()
		shared := w.config(attrs{"name": column(nil)})
		r := w.Created(shared)
		w.wantColumns("created_at timestamp with time zone", "id integer", "id text", "name text")
		// The column is nobody's business here, but Immuta takes none twice.
		w.Settled(r, shared.With("columns.name.data_type", "json"))
		w.wantColumns("created_at timestamp with time zone", "id integer", "name json")
	})
}
