package subscription_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func newAcceptance(t *testing.T, resourceType string) world {
	t.Helper()
	env := acctest.New(t)
	w := world{Env: env, t: t, resourceType: resourceType}
	w.grace, w.graceKey = env.Tenant.AddUser("Grace Hopper")
	w.source = env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	return w
}

// expect is a step that plans one action and sends these requests besides the refresh. After every apply the test framework
// plans again and wants an empty plan, with and without a refresh.
func (w world) expect(config string, action plancheck.ResourceActionType, calls []string, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(w.address(), action), w.ResetJournal(),
		}},
		ConfigStateChecks: append([]statecheck.StateCheck{w.ExpectCalls(calls)}, checks...),
	}
}

func (w world) address() string { return w.resourceType + ".one" }

func (w world) has(at string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(w.address(), tfjsonpath.New(at), value)
}

func TestAccAccess(t *testing.T) {
	w := newAcceptance(t, accessType)
	hcl := func(c acctest.Config) string { return c.HCL(accessType, "one") }
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	owner := config.With("state", "owner")
	drifted := w.expect(hcl(owner), plancheck.ResourceActionUpdate, []string{put}, w.has("state", knownvalue.StringExact("owner")))
	drifted.PreConfig = func() {
		w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, State: "ingest", Expiration: "2099-01-01T00:00:00Z"})
	}
	revoked := w.expect(hcl(owner), plancheck.ResourceActionCreate, []string{list, post})
	revoked.PreConfig = func() {
		w.wantMembers(w.graceIs("owner"))
		w.Tenant.RemoveMember(w.source, w.Tenant.Members(w.source)[1].SubscriptionID)
	}
	w.Run(
		w.expect(hcl(config), plancheck.ResourceActionCreate, []string{list, post}, w.has("approved", knownvalue.Bool(true)), w.has("id", knownvalue.NotNull())),
		w.expect(hcl(owner), plancheck.ResourceActionUpdate, []string{put}, w.has("state", knownvalue.StringExact("owner"))),
		drifted,
		revoked,
		resource.TestStep{ResourceName: w.address(), ImportState: true, ImportStateVerify: true, ImportStateId: fmt.Sprintf("%d/profile:%d", w.source, w.grace)},
		resource.TestStep{Config: hcl(w.group("pending")), ExpectError: regexp.MustCompile("Invalid Attribute Value Match")},
		// Somebody else instead: the one leaves and the other comes.
		w.expect(hcl(w.group("expert")), plancheck.ResourceActionReplace, []string{self, deny, list, post}, w.has("group_id", knownvalue.Int64Exact(fake.DefaultGroupID))),
	)
	w.wantMembers()
}

func TestAccSubscription(t *testing.T) {
	w := newAcceptance(t, subscriptionType)
	w.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.SubscriptionType = "approval" })
	config := fmt.Sprintf("provider \"immuta\" {\n  host    = %q\n  api_key = %q\n}\n", w.URL, w.graceKey) + w.own().HCL(subscriptionType, "one")
	w.Run(
		w.expect(config, plancheck.ResourceActionCreate, []string{read, subscribe, read}, w.has("state", knownvalue.StringExact("pending"))),
		resource.TestStep{
			PreConfig: func() { w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace}) },
			Config:    config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{RefreshState: true, RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{w.has("state", knownvalue.StringExact("subscribed")), w.has("approved", knownvalue.Bool(true))}},
		resource.TestStep{ResourceName: w.address(), ImportState: true, ImportStateVerify: true, ImportStateId: fmt.Sprint(w.source)},
	)
	w.wantMembers()
}
