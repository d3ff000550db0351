package subscription_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

// world is a bench whose source has members.
type world struct {
	*acctest.Bench
	t *testing.T
}

func newAccess(t *testing.T, options ...fake.Option) world {
	t.Helper()
	return world{acctest.NewBench(t, accessType, options...), t}
}

// newSubscription is a world in which the provider acts as Grace, who owns nothing.
func newSubscription(t *testing.T, policy string, options ...fake.Option) world {
	t.Helper()
	w := world{acctest.NewBench(t, subscriptionType, options...), t}
	w.Tenant.UpdateSource(w.Source, func(s *fake.Source) { s.SubscriptionType = policy })
	return w.asGrace(nil)
}

// asGrace is a provider that acts as Grace, and has read nothing yet.
func (w world) asGrace(settings attrs) world {
	w.t.Helper()
	all := attrs{"api_key": w.GraceKey}
	maps.Copy(all, settings)
	return world{w.With(all), w.t}
}

func (w world) own() acctest.Config { return acctest.Config{"data_source_id": w.Source} }

// profile is a configuration that gives the user access.
func (w world) profile(state string) acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "profile_id": w.Grace, "role": state}
}

func (w world) group(state string) acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "group_id": fake.DefaultGroupID, "role": state}
}

// importID is the id to import Grace's access by.
func (w world) importID() string { return fmt.Sprintf("%d/profile:%d", w.Source, w.Grace) }

// members are the members in the tenant besides its owner, one text each.
func (w world) members() []string {
	var out []string
	for _, m := range w.Tenant.Members(w.Source)[1:] {
		text := fmt.Sprintf("profile %d %s", m.ProfileID, m.State)
		if m.GroupID != 0 {
			text = fmt.Sprintf("group %d %s", m.GroupID, m.State)
		}
		if m.Pending {
			text += " pending"
		}
		out = append(out, text)
	}
	return out
}

func (w world) wantMembers(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.members()); diff != "" {
		w.t.Fatalf("members in the tenant (-want +got):\n%s", diff)
	}
}

func (w world) graceIs(state string) string { return fmt.Sprintf("profile %d %s", w.Grace, state) }

func groupIs(state string) string { return fmt.Sprintf("group %d %s", fake.DefaultGroupID, state) }
