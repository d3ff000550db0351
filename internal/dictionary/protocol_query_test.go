package dictionary_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const search = "GET /dataSource"

// TestQueryDictionaries lists the dictionaries of all technologies: what is listed is what an import by its identity reads, and plans
// empty.
func TestQueryDictionaries(t *testing.T) {
	w := newWorld(t)
	trino := w.Tenant.AddSource(fake.SourceSpec{Name: "Lakes", Technology: "Trino", Hostname: "trino.example.com"})
	w.Tenant.Disable(trino)
	bare := w.Tenant.AddSource(fake.SourceSpec{Name: "Bucket", Technology: "Native S3"})
	w.Tenant.DeleteDictionary(bare)
	closed := w.Tenant.AddSource(fake.SourceSpec{Name: "Secrets"})
	w.Tenant.ResetJournal()

	want := []string{"Orders (Snowflake)", "Lakes (Trino, disabled)", "Bucket (Native S3)", "Secrets (Snowflake)"}
	listed := w.Listed(resourceType, acctest.Query{})
	w.WantCalls(search)
	if got := acctest.Names(listed); !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	w.WantIdentity(listed[1].Resource, attrs{"data_source_id": trino})
	listed = w.Listed(resourceType, acctest.Query{Config: attrs{"hostname": "trino.example.com"}, IncludeResource: true, Limit: 10})
	w.WantCalls(search, get)
	if got := acctest.Names(listed); !slices.Equal(got, want[1:2]) {
		t.Errorf("listed %q, want %q", got, want[1:2])
	}

	w.Tenant.Fault(fake.Fault{Method: "GET", Path: fmt.Sprint("/dictionary/", closed), Status: 403})
	listed, diags := w.List(resourceType, acctest.Query{IncludeResource: true})
	diags.WantNoError(t)
	diags.WantWarning(t, "Secrets (Snowflake) is left out")
	if got := acctest.Names(listed); !slices.Equal(got, want[:2]) || len(diags) != 1 {
		t.Errorf("listed %q, want %q; %q", got, want[:2], diags.Warnings())
	}
	for _, one := range listed {
		imported := w.ImportListed(one)
		if differences, _ := imported.State.Diff(one.State); len(differences) > 0 {
			t.Errorf("%s is listed otherwise than it is imported: %v", one.DisplayName, differences)
		}
		generated := w.Generated(one.Resource)
		w.Validate(resourceType, generated).WantNone(t)
		w.PlansNothing(imported, generated)
	}
}
