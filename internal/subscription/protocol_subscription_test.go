package subscription_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	subscriptionType = "immuta_subscription"
	read             = "GET /dataSource/*"
	subscribe        = "POST /dataSource/subscribe"
)

// newSubscription is a world in which the provider acts as Grace, who owns nothing.
func newSubscription(t *testing.T, policy string, options ...fake.Option) world {
	t.Helper()
	w := newWorld(t, subscriptionType, options...)
	w.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.SubscriptionType = policy })
	return w.asGrace(nil)
}

// asGrace is a provider that acts as Grace, and has read nothing yet.
func (w world) asGrace(settings map[string]any) world {
	w.t.Helper()
	all := map[string]any{"api_key": w.graceKey}
	for key, value := range settings {
		all[key] = value
	}
	w.Protocol = w.Env.Protocol(all)
	return w
}

func (w world) own() acctest.Config { return acctest.Config{"data_source_id": w.source} }

func TestProtocolSubscription(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.Applied(w.absent(), w.own())
	w.wantCalls(read, subscribe, read)
	w.wantMembers(w.graceIs("subscribed"))
	w.wantAttribute(r, "state", "subscribed")
	w.wantAttribute(r, "approved", true)
	w.wantAttribute(r, "expiration", nil)
	w.wantAttribute(r, "id", int64(w.Tenant.Members(w.source)[1].SubscriptionID))
	r = w.plansEmpty(r, w.own())
	w.wantCalls(read)
	got := identity(t, r, tftypes.Object{AttributeTypes: map[string]tftypes.Type{"data_source_id": tftypes.Number}})
	if acctest.Get(got, "data_source_id") != int64(w.source) {
		t.Errorf("unexpected identity %s", got)
	}
	w.Applied(r, nil)
	w.wantCalls(read, leave)
	w.wantMembers()
}

// TestProtocolSubscriptionThatIsPending: pending is no error, and becoming approved is no difference.
func TestProtocolSubscriptionThatIsPending(t *testing.T) {
	w := newSubscription(t, "approval")
	r := w.apply(w.absent(), w.own())
	w.wantAttribute(r, "state", "pending")
	w.wantAttribute(r, "approved", false)
	w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, Expiration: "2099-01-01T00:00:00Z"})
	r = w.asGrace(nil).plansEmpty(r, w.own())
	w.wantAttribute(r, "state", "subscribed")
	w.wantAttribute(r, "approved", true)
	w.wantAttribute(r, "expiration", "2099-01-01T00:00:00.000Z")

	// A request that waits is taken back.
	w = newSubscription(t, "approval")
	r = w.apply(w.absent(), w.own())
	w.Applied(r, nil)
	w.wantMembers()
}

func TestProtocolSubscriptionByQuery(t *testing.T) {
	w := newSubscription(t, "automatic", fake.WithSubscribeByQuery())
	w.apply(w.absent(), w.own())
	w.wantMembers(w.graceIs("subscribed"))
}

func TestProtocolSubscriptionThatExists(t *testing.T) {
	w := newSubscription(t, "automatic")
	id := w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, State: "expert"})
	w.TryApply(w.absent(), w.own()).WantErrorAt(t, "data_source_id", "There is a subscription already", "expert", fmt.Sprint(id), fmt.Sprintf("terraform import immuta_subscription.<name> %d", w.source))
	w.wantCalls(read)
	w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, Inherited: true})
	w.asGrace(nil).TryApply(w.absent(), w.own()).WantErrorAt(t, "data_source_id", "policy or a group")

	w = newSubscription(t, "automatic")
	w.Tenant.Before("POST", "", func(*fake.Request) { w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, State: "owner"}) })
	w.TryApply(w.absent(), w.own()).WantErrorAt(t, "data_source_id", "There is a subscription already", "owner")
}

func TestProtocolSubscriptionRefused(t *testing.T) {
	w := newSubscription(t, "manual")
	w.TryApply(w.absent(), w.own()).WantError(t, "403", "not open to requests")
	w.TryApply(w.absent(), w.own().With("data_source_id", 1)).WantErrorAt(t, "data_source_id", "404")

	w = newSubscription(t, "automatic")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(w.absent(), w.own()).WantError(t, "the tenant has no such call")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: "[]"})
	w.TryApply(w.absent(), w.own()).WantErrorAt(t, "data_source_id", "Immuta made no subscription", "subscription policy")
}

func TestProtocolSubscriptionOfAnOwner(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.apply(w.absent(), w.own())
	w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace, State: "owner"})

	// The state does not know of it yet.
	w.Tenant.ResetJournal()
	w.asGrace(nil).TryApply(r, nil).WantErrorAt(t, "state", "An owner is never unsubscribed", "removed block", "destroy = false", "state rm")
	w.wantCalls(read)

	r = w.asGrace(nil).refresh(r)
	w.wantAttribute(r, "state", "owner")
	w.TryPlan(r, nil).WantErrorAt(t, "state", "An owner is never unsubscribed")
	w.TryPlan(r, w.own().With("data_source_id", 1)).WantErrorAt(t, "state", "An owner is never unsubscribed")
	w.plansNothing(r, w.own())
	w.wantMembers(w.graceIs("owner"))
}

func TestProtocolSubscriptionEndedOutside(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.apply(w.absent(), w.own())
	w.Tenant.RemoveMember(w.source, w.Tenant.Members(w.source)[1].SubscriptionID)
	gone, diags := w.asGrace(nil).Refresh(r)
	diags.WantWarning(t, "Deleted outside of Terraform", "subscription to data source")
	if gone.Exists() {
		t.Error("the resource is still in the state")
	}
	w.asGrace(nil).Applied(r, nil)
	w.Tenant.Destroy(w.source)
	gone, diags = w.asGrace(nil).Refresh(r)
	diags.WantWarning(t, "Deleted outside of Terraform")
	if gone.Exists() {
		t.Error("the resource is still in the state")
	}
	w.asGrace(nil).Applied(r, nil)
}

func TestProtocolSubscriptionImport(t *testing.T) {
	w := newSubscription(t, "automatic")
	w.Tenant.AddMember(w.source, fake.Member{ProfileID: w.grace})
	r := w.Imported(subscriptionType, fmt.Sprint(w.source))
	w.plansEmpty(r, w.own())
	r, diags := w.ImportIdentity(subscriptionType, map[string]any{"data_source_id": w.source})
	diags.WantNone(t)
	w.plansEmpty(r, w.own())
	for _, wrong := range []string{"x", "0", "57/1"} {
		w.TryImport(subscriptionType, wrong).WantError(t, "Malformed import id", "57")
	}
	diags = w.Validate(subscriptionType, w.own().With("data_source_id", 0))
	diags.WantErrorAt(t, "data_source_id", "at least 1")
}

func TestProtocolSubscriptionOnAnotherHost(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.apply(w.absent(), w.own())
	other := acctest.NewSerial(t)
	p := other.Protocol(nil)
	p.TryRefresh(r).WantError(t, "Another tenant")
	p.TryApply(r, nil).WantError(t, "was not tried")
	p = w.Env.Protocol(map[string]any{"host": acctest.Unknown})
	p.TryRefresh(r).WantWarning(t, "Not refreshed")
	p.TryApply(w.absent(), w.own()).WantError(t, "The provider is not configured yet")
	p.TryApply(r, nil).WantError(t, "The provider is not configured yet")
}

func TestProtocolSubscriptionErrors(t *testing.T) {
	w := newSubscription(t, "automatic")
	r := w.apply(w.absent(), w.own())
	w.Tenant.Fault(fake.Fault{Method: "GET", Status: 403})
	kept, diags := w.Refresh(r)
	diags.WantError(t, "403")
	if !kept.Exists() {
		t.Error("403 was taken for gone")
	}
	w.Tenant.Fault(fake.Fault{Method: "DELETE", Status: 403})
	kept, diags = w.Apply(r, nil)
	diags.WantError(t, "403")
	if !kept.Exists() {
		t.Error("a subscription that is there left the state")
	}
	w.Tenant.Fault(fake.Fault{Method: "DELETE", Status: 200, Body: `{"status": false}`})
	kept, diags = w.Apply(r, nil)
	diags.WantError(t, "Unsubscribing")
	if !kept.Exists() {
		t.Error("a subscription that is there left the state")
	}
}

func TestProtocolSubscriptionOneFault(t *testing.T) {
	for _, creates := range []bool{true, false} {
		requests := map[bool]int{true: 3, false: 2}[creates]
		for _, retries := range []int{0, 4} {
			for request := range requests {
				for _, fault := range []fake.Fault{
					{Name: "500", Status: 500}, {Name: "503", Status: 503}, {Name: "reset", Reset: true}, {Name: "500 after", Status: 500, When: fake.After},
					{Name: "reset after", Reset: true, When: fake.After}, {Name: "HTML after", HTML: true, When: fake.After}, {Name: "truncated", Truncate: true},
				} {
					t.Run(fmt.Sprintf("creates %t, %d retries, request %d, %s", creates, retries, request+1, fault.Name), func(t *testing.T) {
						w := newSubscription(t, "automatic").asGrace(map[string]any{"max_retries": retries})
						r := w.absent()
						var config acctest.Config
						if !creates {
							r = w.apply(r, w.own())
						} else {
							config = w.own()
						}
						fault.Skip = request
						w.Tenant.Fault(fault)
						after, diags := w.Apply(r, config)
						if len(w.Tenant.PendingFaults()) > 0 {
							t.Fatalf("the fault was not met: %q", w.Tenant.Journal().Lines())
						}
						if creates && len(diags.Errors()) > 0 && after.Exists() {
							t.Fatalf("an error beside a state taints the resource: %q", diags.Errors())
						}
						w = w.asGrace(nil)
						if after.Exists() {
							after = w.Refreshed(after)
						}
						if creates {
							w.apply(after, config)
							w.wantMembers(w.graceIs("subscribed"))
							return
						}
						if after.Exists() {
							w.Applied(after, nil)
						}
						w.wantMembers()
					})
				}
			}
		}
	}
}

func TestProtocolSubscriptionWhoseFateIsUnknown(t *testing.T) {
	w := newSubscription(t, "automatic").asGrace(map[string]any{"max_retries": 0})
	w.Tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	w.Tenant.Fault(fake.Fault{Method: "GET", Skip: 1, Status: 500})
	_, diags := w.Apply(w.absent(), w.own())
	diags.WantError(t, "could not be looked up")
	diags.WantWarningAt(t, "data_source_id", "not known", "terraform import")
}
