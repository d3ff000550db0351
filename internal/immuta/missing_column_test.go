package immuta_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestMissingColumn(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	source := tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	tenant.UpdateDictionary(source, func(d *fake.Dictionary) {
		d.Columns = nil
		for i := range 60 {
			d.Columns = append(d.Columns, fake.Column{Name: fmt.Sprintf("c%d", i), DataType: "text", RemoteType: "text"})
		}
	})
	id := int64(source)
	refusal := func(status int) error { return &immuta.Error{Request: "POST /x", Status: status, Message: "no"} }
	for name, c := range map[string]struct {
		source  int64
		column  string
		refusal error
		missing bool
	}{
		"no such column":       {id, "other", refusal(400), true},
		"another status":       {id, "other", refusal(422), true},
		"a column":             {id, "c59", refusal(400), false},
		"a failure":            {id, "other", refusal(500), false},
		"no dictionary to see": {id + 1, "other", refusal(400), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			missing, err := client.MissingColumn(t.Context(), c.source, c.column, c.refusal)
			if missing != c.missing || !errors.Is(err, c.refusal) {
				t.Fatalf("%t, %v", missing, err)
			}
			if text := err.Error(); missing &&
				(!strings.Contains(text, `no column "other", but c0, c1, `) || !strings.Contains(text, "c49, …: ")) {
				t.Error(text)
			}
		})
	}
}
