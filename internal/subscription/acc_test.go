package subscription_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestAccAccess(t *testing.T) {
	t.Parallel()
	w := newAccess(t)
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	owner := config.With("state", "owner")
	isOwner := w.Has("state", knownvalue.StringExact("owner"))
	w.Run(
		w.Step(config, plancheck.ResourceActionCreate, []string{list, post}, w.Has("approved", knownvalue.Bool(true)), w.Has("id", knownvalue.NotNull())),
		w.Step(owner, plancheck.ResourceActionUpdate, []string{put}, isOwner),
		acctest.Drifted(func() {
			w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "ingest", Expiration: "2099-01-01T00:00:00Z"})
		}, w.Step(owner, plancheck.ResourceActionUpdate, []string{put}, isOwner)),
		acctest.Drifted(func() {
			w.wantMembers(w.graceIs("owner"))
			w.Tenant.RemoveMember(w.Source, w.Tenant.Members(w.Source)[1].SubscriptionID)
		}, w.Step(owner, plancheck.ResourceActionCreate, []string{list, post})),
		resource.TestStep{ResourceName: w.Address(), ImportState: true, ImportStateVerify: true, ImportStateId: fmt.Sprintf("%d/profile:%d", w.Source, w.Grace)},
		resource.TestStep{Config: w.group("pending").HCL(accessType, "test"), ExpectError: regexp.MustCompile("Invalid Attribute Value Match")},
		// Somebody else instead: the one leaves and the other comes.
		w.Step(w.group("expert"), plancheck.ResourceActionReplace, []string{self, deny, list, post}, w.Has("group_id", knownvalue.Int64Exact(fake.DefaultGroupID))),
	)
	w.wantMembers()
}

func TestAccSubscription(t *testing.T) {
	t.Parallel()
	w := newSubscription(t, "approval")
	provider := fmt.Sprintf("provider \"immuta\" {\n  host    = %q\n  api_key = %q\n}\n", w.URL, w.GraceKey)
	step := func(action plancheck.ResourceActionType, calls []string, checks ...statecheck.StateCheck) resource.TestStep {
		s := w.Step(w.own(), action, calls, checks...)
		s.Config = provider + s.Config
		return s
	}
	w.Run(
		step(plancheck.ResourceActionCreate, []string{read, subscribe, read}, w.Has("state", knownvalue.StringExact("pending"))),
		acctest.Drifted(func() { w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace}) }, step(plancheck.ResourceActionNoop, nil)),
		step(plancheck.ResourceActionNoop, nil, w.Has("state", knownvalue.StringExact("subscribed")), w.Has("approved", knownvalue.Bool(true))),
		resource.TestStep{ResourceName: w.Address(), ImportState: true, ImportStateVerify: true, ImportStateId: fmt.Sprint(w.Source)},
	)
	w.wantMembers()
}
