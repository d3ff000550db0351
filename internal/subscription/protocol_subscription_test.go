package subscription_test

import (
	"fmt"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	subscriptionType = "immuta_subscription"
	read             = "GET /dataSource/*"
	subscribe        = "POST /dataSource/subscribe"
)

func TestProtocolSubscription(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.Applied(w.Absent(), w.own())
	w.WantCalls(read, subscribe, read)
	w.wantMembers(w.graceIs("subscribed"))
	acctest.WantAttributes(t, r.State, attrs{
		"role": "subscribed", "approved": true, "expiration": nil, "id": fmt.Sprint(w.Tenant.Members(w.Source)[1].SubscriptionID),
	})
	r = w.PlansEmpty(r, w.own())
	w.WantCalls(read)
	w.WantIdentity(r, attrs{"data_source_id": w.Source})
	w.Applied(r, nil)
	w.WantCalls(read, leave)
	w.wantMembers()
}

// TestProtocolSubscriptionThatIsPending: pending is no error, and becoming approved is no difference.
func TestProtocolSubscriptionThatIsPending(t *testing.T) {
	w := newSubscription(t, "approval")
	r := w.Created(w.own())
	acctest.WantAttributes(t, r.State, attrs{"role": "pending", "approved": false})
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Expiration: "2099-01-01T00:00:00Z"})
	r = w.asGrace(nil).PlansEmpty(r, w.own())
	acctest.WantAttributes(t, r.State, attrs{"role": "subscribed", "approved": true, "expiration": "2099-01-01T00:00:00.000Z"})

	// A request that waits is taken back.
	w = newSubscription(t, "approval")
	r = w.Created(w.own())
	w.Applied(r, nil)
	w.wantMembers()
}

func TestProtocolSubscriptionByQuery(t *testing.T) {
	w := newSubscription(t, "automatic", fake.WithSubscribeByQuery())
	w.Created(w.own())
	w.wantMembers(w.graceIs("subscribed"))
}

func TestProtocolSubscriptionThatExists(t *testing.T) {
	w := newSubscription(t, "automatic")
	id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "expert"})
	w.TryApply(w.Absent(), w.own()).WantErrorAt(t, "data_source_id", "There is a subscription already", "expert", fmt.Sprint(id),
		fmt.Sprintf("import {\n    to = immuta_subscription.<name>\n    id = \"%d\"", w.Source))
	w.WantCalls(read)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	w.asGrace(nil).TryApply(w.Absent(), w.own()).WantErrorAt(t, "data_source_id", "policy or a group")

	w = newSubscription(t, "automatic")
	w.Tenant.Before("POST", "", func(*fake.Request) { w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"}) })
	w.TryApply(w.Absent(), w.own()).WantErrorAt(t, "data_source_id", "There is a subscription already", "owner")
}

func TestProtocolSubscriptionRefused(t *testing.T) {
	w := newSubscription(t, "manual")
	w.TryApply(w.Absent(), w.own()).WantError(t, "403", "not open to requests")
	w.TryApply(w.Absent(), w.own().With("data_source_id", 1)).WantErrorAt(t, "data_source_id", "404")

	w = newSubscription(t, "automatic")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(w.Absent(), w.own()).WantError(t, "the tenant has no such call")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: "[]"})
	w.TryApply(w.Absent(), w.own()).WantErrorAt(t, "data_source_id", "Immuta made no subscription", "subscription policy")
}

func TestProtocolSubscriptionOfAnOwner(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.Created(w.own())
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})

	// The state does not know of it yet.
	w.Tenant.ResetJournal()
	w.asGrace(nil).TryApply(r, nil).WantErrorAt(t, "role", "An owner is never unsubscribed", "removed block", "destroy = false", "state rm")
	w.WantCalls(read)

	r = w.asGrace(nil).Refreshed(r)
	w.Want(r, "role", "owner")
	w.TryPlan(r, nil).WantErrorAt(t, "role", "An owner is never unsubscribed")
	w.TryPlan(r, w.own().With("data_source_id", 1)).WantErrorAt(t, "role", "An owner is never unsubscribed")
	w.PlansNothing(r, w.own())
	w.wantMembers(w.graceIs("owner"))
}

func TestProtocolSubscriptionImport(t *testing.T) {
	w := newSubscription(t, "automatic")
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace})
	w.PlansEmpty(w.ByID(fmt.Sprint(w.Source)), w.own())
	w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source}), w.own())
	for _, wrong := range []string{"x", "0", "57/1"} {
		w.TryImport(subscriptionType, wrong).WantError(t, "Malformed import id", "57")
	}
	w.Validate(subscriptionType, w.own().With("data_source_id", 0)).WantErrorAt(t, "data_source_id", "at least 1")
}

func TestProtocolSubscriptionWhoseFateIsUnknown(t *testing.T) {
	w := newSubscription(t, "automatic").asGrace(attrs{"max_retries": 0})
	w.Tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	w.Tenant.Fault(fake.Fault{Method: "GET", Skip: 1, Status: 500})
	diags := w.TryApply(w.Absent(), w.own())
	diags.WantError(t, "could not be looked up")
	diags.WantWarningAt(t, "data_source_id", "not known", "terraform import")
}
