package subscription_test

import (
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestQueryAccess lists who has a subscription: what is listed is what an import by its identity reads, and plans empty.
func TestQueryAccess(t *testing.T) {
	w := newAccess(t)
	group := w.Tenant.AddGroup("Marketing")
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "expert", Expiration: "2099-01-01T00:00:00Z"})
	w.Tenant.AddMember(w.Source, fake.Member{GroupID: fake.DefaultGroupID, Pending: true})
	w.Tenant.AddMember(w.Source, fake.Member{GroupID: group, Inherited: true})
	config := acctest.Config{"data_source_id": w.Source}
	listed := w.Listed(accessType, acctest.Query{Config: config, IncludeResource: true})
	w.WantCalls(list)
	want := []string{"Ada Byron (owner)", "Grace Hopper (expert)", "Analysts (group, subscribed)"}
	if got := acctest.Names(listed); !slices.Equal(got, want) {
		t.Fatalf("listed %q, want %q", got, want)
	}
	w.WantIdentity(listed[1].Resource, attrs{"data_source_id": w.Source, "profile_id": w.Grace})
	w.WantIdentity(listed[2].Resource, attrs{"data_source_id": w.Source, "group_id": fake.DefaultGroupID})
	for _, one := range listed {
		imported := w.ImportListed(one)
		if differences, _ := imported.State.Diff(one.State); len(differences) > 0 {
			t.Errorf("%s is listed otherwise than it is imported: %v", one.DisplayName, differences)
		}
		generated := w.Generated(one.Resource)
		w.Validate(accessType, generated).WantNone(t)
		w.PlansNothing(imported, generated)
	}
	w.Tenant.ResetJournal()
	identities := w.Listed(accessType, acctest.Query{Config: config, Limit: 2})
	w.WantCalls(list)
	if got := acctest.Names(identities); !slices.Equal(got, want[:2]) {
		t.Errorf("listed %q with a limit", got)
	}
}

// TestQueryAccessReadsOnlyWhatIsWanted counts pages.
func TestQueryAccessReadsOnlyWhatIsWanted(t *testing.T) {
	w := newAccess(t)
	for i := range 449 {
		w.Tenant.AddMember(w.Source, fake.Member{ProfileID: 1000 + i})
	}
	config := acctest.Config{"data_source_id": w.Source}
	for limit, pages := range map[int64]int{10: 1, 0: 3} {
		w.Tenant.ResetJournal()
		w.Listed(accessType, acctest.Query{Config: config, Limit: limit, IncludeResource: true})
		if n := len(w.Tenant.Journal()); n != pages {
			t.Errorf("%d requests for at most %d", n, limit)
		}
	}
	w.Tenant.Fault(fake.Fault{Method: "GET", Skip: 1, Status: 400, Message: "Enough"})
	listed, diags := w.List(accessType, acctest.Query{Config: config})
	diags.WantError(t, "Listing the members of data source", "Enough")
	if len(listed) != 200 {
		t.Errorf("listed %d before the error", len(listed))
	}
}

func TestQueryAccessOfNoSource(t *testing.T) {
	w := newAccess(t)
	_, diags := w.List(accessType, acctest.Query{Config: acctest.Config{"data_source_id": 4711}})
	diags.WantErrorAt(t, "data_source_id", "Listing the members of data source 4711 failed", "404")
	for _, invalid := range []acctest.Config{{}, {"data_source_id": 0}, {"data_source_id": acctest.Unknown}} {
		if _, diags = w.List(accessType, acctest.Query{Config: invalid}); len(diags.Errors()) == 0 {
			t.Errorf("%v is listed", invalid)
		}
	}
}
