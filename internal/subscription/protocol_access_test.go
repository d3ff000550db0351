package subscription_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const accessType = "immuta_data_source_access"

const (
	post  = "POST /dataSource/*/access"
	list  = "GET /dataSource/*/access"
	put   = "PUT /dataSource/*/access/*"
	deny  = "POST /subscription/deny"
	leave = "DELETE /dataSource/*/unsubscribe"
	self  = "GET /bim/rpc/user/current"
)

func TestProtocolAccessOfAProfile(t *testing.T) {
	w := newAccess(t)
	config := w.profile("subscribed").With("expiration", "2099-01-01T01:00:00+01:00")
	r := w.Applied(w.Absent(), config)
	w.WantCalls(list, post)
	w.wantMembers(w.graceIs("subscribed"))
	acctest.WantAttributes(t, r.State, map[string]any{"approved": true, "id": int64(w.Tenant.Members(w.Source)[1].SubscriptionID)})
	w.Want(r, "created_at", "2026-01-05T08:00:00.002Z")
	r = w.PlansEmpty(r, config)
	w.WantCalls(list)

	config = config.With("state", "owner")
	r = w.Applied(r, config)
	w.WantCalls(put)
	w.wantMembers(w.graceIs("owner"))
	if got := w.Tenant.Members(w.Source)[1].Expiration; got != "2099-01-01T01:00:00+01:00" {
		t.Errorf("a change of the role changed the expiration to %s", got)
	}
	r = w.PlansEmpty(r, config)
	w.WantCalls(list)

	config = config.With("expiration", "2098-01-01T00:00:00Z")
	r = w.Applied(r, config)
	w.WantCalls(put)
	r = w.PlansEmpty(r, config)

	// What only Terraform knows is not told to Immuta.
	w.Tenant.ResetJournal()
	r = w.Applied(r, config.With("on_destroy", "revoke"))
	w.WantCalls()

	w.Applied(r, nil)
	w.WantCalls(self, deny, list)
	w.wantMembers()
}

func TestProtocolAccessOfAGroup(t *testing.T) {
	for name, options := range map[string][]fake.Option{"by id": nil, "by object": {fake.WithGroupObjects()}, "texts": {fake.WithNumericStrings()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			r := w.Created(w.group("subscribed"))
			w.WantIdentity(r, attrs{"data_source_id": w.Source, "group_id": fake.DefaultGroupID})
			r = w.Settled(r, w.group("expert"))
			w.wantMembers(groupIs("expert"))
			w.Tenant.ResetJournal()
			w.Applied(r, nil)
			w.WantCalls(deny, list)
			w.wantMembers()
		})
	}
}

// TestProtocolAccessOfAGroupWithoutAName: a row in which the group is not recognized is found by its subscription.
func TestProtocolAccessOfAGroupWithoutAName(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.group("subscribed"))
	id := w.Tenant.Members(w.Source)[1].SubscriptionID
	w.Tenant.RemoveMember(w.Source, id)
	w.Tenant.AddMember(w.Source, fake.Member{SubscriptionID: id})
	r = w.Protocol.Refreshed(r)
	w.PlansNothing(r, w.group("subscribed"))
}

func TestProtocolAccessIsDrift(t *testing.T) {
	w := newAccess(t)
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	r := w.Created(config)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "ingest", Expiration: "2077-01-01T00:00:00Z"})
	r = w.Restarted().Refreshed(r)
	acctest.WantAttributes(t, r.State, map[string]any{"state": "ingest", "expiration": "2077-01-01T00:00:00Z"})
	w.Restarted().Settled(r, config)
	w.wantMembers(w.graceIs("subscribed"))
}

func TestProtocolAccessRevokedOutside(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Tenant.RemoveMember(w.Source, w.Tenant.Members(w.Source)[1].SubscriptionID)
	w.Restarted().Gone(r, "Deleted outside of Terraform", fmt.Sprintf("access of profile %d to data source %d", w.Grace, w.Source))

	// The state may be older than that.
	w.Restarted().TryApply(r, w.profile("owner")).WantErrorAt(t, "profile_id", "Access has been revoked meanwhile")
	w.Restarted().Applied(r, nil)
}

// TestProtocolAccessGrantedAnew: a new grant has a new subscription, and the resource is still the same.
func TestProtocolAccessGrantedAnew(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Tenant.RemoveMember(w.Source, w.Tenant.Members(w.Source)[1].SubscriptionID)
	id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace})
	w.Tenant.ResetJournal()
	r = w.Restarted().Applied(r, w.profile("expert"))
	w.WantCalls(put, list, put)
	w.wantMembers(w.graceIs("expert"))
	r = w.Restarted().Refreshed(r)
	w.Want(r, "id", int64(id))
}

func TestProtocolAccessOfAnExistingMember(t *testing.T) {
	for name, options := range map[string][]fake.Option{"refusing": nil, "upserting": {fake.WithAccessUpserts()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
			w.Tenant.AddMember(w.Source, fake.Member{GroupID: fake.DefaultGroupID})
			r, diags := w.Apply(w.Absent(), w.profile("subscribed"))
			diags.WantErrorAt(t, "profile_id", "There is access already", fmt.Sprintf("profile %d has access already: owner", w.Grace), fmt.Sprintf("subscription %d", id),
				fmt.Sprintf("terraform import immuta_data_source_access.<name> '%d/profile:%d'", w.Source, w.Grace))
			if r.Exists() {
				t.Error("there is a state")
			}
			w.TryApply(w.Absent(), w.group("owner")).WantErrorAt(t, "group_id", fmt.Sprintf("'%d/group:%d'", w.Source, fake.DefaultGroupID))
			w.WantCalls(list)
			w.wantMembers(w.graceIs("owner"), groupIs("subscribed"))
		})
	}
}

// TestProtocolAccessTakenMeanwhile: somebody else was quicker, after the members were looked at.
func TestProtocolAccessTakenMeanwhile(t *testing.T) {
	w := newAccess(t)
	w.Tenant.Before("POST", "/dataSource/*/access", func(*fake.Request) {
		w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
	})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantErrorAt(t, "profile_id", "There is access already", "The user or group is a member of this data source.", "terraform import")
	w.WantCalls(list, post, list)
}

func TestProtocolAccessTwiceAtOnce(t *testing.T) {
	w := newAccess(t, fake.WithAccessUpserts())
	var group sync.WaitGroup
	failed := make([]bool, 8)
	for i := range failed {
		group.Go(func() {
			_, diags := w.Apply(w.Absent(), w.profile([]string{"subscribed", "owner"}[i%2]))
			failed[i] = len(diags.Errors()) > 0
		})
	}
	group.Wait()
	if n := w.Tenant.Journal().Count("POST", "/dataSource/*/access"); n != 1 {
		t.Errorf("%d grants for the same user", n)
	}
	if successes := len(slices.DeleteFunc(failed, func(f bool) bool { return f })); successes != 1 {
		t.Errorf("%d resources say that they gave access, want one", successes)
	}
}

func TestProtocolAccessFromAPolicy(t *testing.T) {
	w := newAccess(t)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	w.TryImport(accessType, fmt.Sprintf("%d/profile:%d", w.Source, w.Grace)).WantErrorAt(t, "profile_id", "Importing the access", "policy or a group", "Without the import")

	// What was given once and comes from a policy now stays in the state, with what to do about it.
	w = newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	r, diags := w.Restarted().Refresh(r)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "profile_id", "policy or a group", "terraform state rm")
	w.Want(r, "id", nil)
	w.PlansNothing(r, w.profile("subscribed"))
	_, diags = w.Restarted().Apply(r, w.profile("owner"))
	diags.WantErrorAt(t, "profile_id", "policy or a group", "terraform state rm")
	_, diags = w.Restarted().Apply(r, nil)
	diags.WantErrorAt(t, "on_destroy", "abandon")
}

// TestProtocolAccessOverInheritedAccess: access by a policy or a group is no subscription, so one is given, and the members have
// to show it.
func TestProtocolAccessOverInheritedAccess(t *testing.T) {
	for name, options := range map[string][]fake.Option{"with an answer": nil, "without one": {fake.WithoutAccessAnswers()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			for _, m := range []fake.Member{{ProfileID: w.Grace}, {GroupID: fake.DefaultGroupID}} {
				m.Inherited = true
				w.Tenant.AddMember(w.Source, m)
			}
			r, diags := w.Apply(w.Absent(), w.profile("expert"))
			diags.WantNone(t)
			w.WantCalls(list, post, list)
			w.Want(r, "id", int64(w.Tenant.Members(w.Source)[1].SubscriptionID))
			w.PlansEmpty(r, w.profile("expert"))
			w.Created(w.group("expert"))
			w.wantMembers(w.graceIs("expert"), groupIs("expert"))
		})
	}
}

// TestProtocolAccessThatStaysInherited: Immuta accepts the grant, and the members show no subscription for it.
func TestProtocolAccessThatStaysInherited(t *testing.T) {
	for name, answer := range map[string]string{"with a subscription in the answer": `{"id": 77, "state": "subscribed"}`, "without one": `{}`} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t)
			w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
			w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: answer})
			r, diags := w.Apply(w.Absent(), w.profile("subscribed"))
			diags.WantErrorAt(t, "profile_id", "Immuta made no subscription", "the members of the data source show no subscription of its own")
			if r.Exists() {
				t.Error("there is a state")
			}
			w.WantCalls(list, post, list)
		})
	}
	w := newAccess(t)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 400, Message: "Not for members of the policy."})
	_, diags := w.Apply(w.Absent(), w.profile("subscribed"))
	diags.WantError(t, "was refused a subscription of its own", "Not for members of the policy.")
}

// TestProtocolAccessRevokedToInherited: a destroy ends the subscription. What a policy or a group gives is left, and said.
func TestProtocolAccessRevokedToInherited(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"answered": {}, "lost answer": {Method: "POST", Reset: true, When: fake.After},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t)
			w.Protocol = w.Env.Protocol(map[string]any{"max_retries": 0})
			r := w.Created(w.profile("subscribed"))
			w.Tenant.After("POST", "/subscription/deny", func(*fake.Request) {
				w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
			})
			if fault.Method != "" {
				w.Tenant.Fault(fault)
			}
			r, diags := w.Apply(r, nil)
			diags.WantNoError(t)
			diags.WantWarning(t, "There is access still, through a policy or a group", "has ended the subscription")
			if r.Exists() {
				t.Error("there is a state")
			}
		})
	}
}

func TestProtocolAccessOfASystemMember(t *testing.T) {
	w := newAccess(t)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, SystemGenerated: true})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantErrorAt(t, "profile_id", "There is access already")
}

func TestProtocolAccessThatIsPending(t *testing.T) {
	for name, options := range map[string][]fake.Option{"shown as its role": nil, "shown as pending": {fake.WithPendingStates()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			config := w.profile("owner").With("approvals", []any{
				map[string]any{"required_permission": "GOVERNANCE", "specific_approver_required": true, "specific_approver": fake.DefaultProfileID},
				map[string]any{"required_permission": "OWNER"},
			})
			r := w.Created(config)
			w.wantMembers(w.graceIs("owner pending"))
			w.Want(r, "state", "owner")
			w.Want(r, "approved", false)
			sent, _ := w.Tenant.Journal().Filter("POST", "/dataSource/*/access")[0].Field("approvals")
			if diff := cmp.Diff([]any{
				map[string]any{"requiredPermission": "GOVERNANCE", "specificApproverRequired": true, "specificApprover": float64(fake.DefaultProfileID)},
				map[string]any{"requiredPermission": "OWNER", "specificApproverRequired": false},
			}, sent); diff != "" {
				t.Errorf("approvals (-want +got):\n%s", diff)
			}

			imported := w.Restarted().Imported(accessType, fmt.Sprintf("%d/profile:%d", w.Source, w.Grace))
			w.Want(imported, "approved", false)

			w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
			r = w.Restarted().PlansEmpty(r, config)
			w.Want(r, "approved", true)
		})
	}
}

func TestProtocolAccessApprovalsAreForTheGrant(t *testing.T) {
	w := newAccess(t)
	approvals := func(permission string) []any { return []any{map[string]any{"required_permission": permission}} }
	r := w.Created(w.profile("subscribed"))
	w.Tenant.ResetJournal()
	with := w.profile("subscribed").With("approvals", approvals("OWNER"))
	r, diags := w.Apply(r, with)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "approvals", "recorded in the state")
	w.TryPlan(r, w.profile("subscribed").With("approvals", approvals("GOVERNANCE"))).WantErrorAt(t, "approvals", "cannot be changed", "-replace")
	w.Settled(r, w.profile("subscribed"))
	w.WantCalls()
	w.Planned(r, w.group("subscribed").With("approvals", approvals("GOVERNANCE")))
}

func TestProtocolAccessExpiration(t *testing.T) {
	w := newAccess(t)
	past := w.profile("subscribed").With("expiration", "2001-01-01T00:00:00Z")
	w.TryPlan(w.Absent(), past).WantErrorAt(t, "expiration", "The expiration is past")

	// One that has passed since is nobody's fault.
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Expiration: "2001-01-01T00:00:00Z"})
	r := w.ByID(fmt.Sprintf("%d/profile:%d", w.Source, w.Grace))
	w.PlansEmpty(r, past)
	w.PlansEmpty(r, past.With("expiration", "2001-01-01T01:00:00+01:00"))
	w.TryPlan(r, past.With("expiration", "2002-01-01T00:00:00Z")).WantErrorAt(t, "expiration", "The expiration is past")
	w.TryPlan(r, past.With("profile_id", 99)).WantErrorAt(t, "expiration", "The expiration is past")
	// Not configured, it is left alone.
	w.PlansEmpty(r, w.profile("subscribed"))
}

// TestProtocolAccessSendsWhatChanges: the role alone is sent, and what it takes along is not known before.
func TestProtocolAccessSendsWhatChanges(t *testing.T) {
	w := newAccess(t)
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	r := w.Created(config)
	changed := config.With("state", "owner")
	acctest.WantAttributes(t, w.Planned(r, changed).Planned, map[string]any{"approved": acctest.Unknown, "updated_at": acctest.Unknown})
	w.Tenant.ResetJournal()
	w.Settled(r, changed)
	writes := w.Tenant.Journal().Writes()
	if _, sent := writes[0].Field("expiration"); sent || len(writes) != 1 {
		t.Errorf("it sent %q with %s", writes.Lines(), writes[0].Body)
	}
}

func TestProtocolAccessWithIgnoredExpiration(t *testing.T) {
	w := newAccess(t, fake.WithIgnoredExpirations())
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	r, diags := w.Apply(w.Absent(), config)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "expiration", "Immuta keeps another value")
	if !r.Exists() {
		t.Fatal("access that was given is not in the state")
	}
	r = w.Refreshed(r)
	r, diags = w.Apply(r, config)
	diags.WantErrorAt(t, "expiration", "Immuta ignored a change")
	w.Want(r, "expiration", nil)
}

func TestProtocolAccessWithEmptyAnswers(t *testing.T) {
	w := newAccess(t, fake.WithoutAccessAnswers())
	r := w.Created(w.profile("subscribed"))
	w.Want(r, "id", int64(w.Tenant.Members(w.Source)[1].SubscriptionID))
	r = w.Settled(r, w.profile("expert"))
	w.Want(r, "state", "expert")
}

func TestProtocolAccessImport(t *testing.T) {
	w := newAccess(t)
	id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "expert", Expiration: "2099-01-01T00:00:00Z"})
	groupSubscription := w.Tenant.AddMember(w.Source, fake.Member{GroupID: fake.DefaultGroupID})
	for given, config := range map[string]acctest.Config{
		fmt.Sprintf("%d/profile:%d", w.Source, w.Grace):                w.profile("expert"),
		fmt.Sprintf("%d/subscription:%d", w.Source, id):                w.profile("expert").With("expiration", "2099-01-01T00:00:00Z"),
		fmt.Sprintf("%d/group:%d", w.Source, fake.DefaultGroupID):      w.group("subscribed"),
		fmt.Sprintf("%d/subscription:%d", w.Source, groupSubscription): w.group("subscribed"),
	} {
		w := w.Restarted()
		w.Tenant.ResetJournal()
		r := w.ByID(given)
		w.WantCalls(list)
		w.PlansNothing(r, config)
	}
	r := w.ByIdentity(map[string]any{"data_source_id": w.Source, "profile_id": w.Grace})
	w.PlansEmpty(r, w.profile("expert"))
	r = w.ByIdentity(map[string]any{"data_source_id": w.Source, "group_id": fake.DefaultGroupID})
	w.PlansEmpty(r, w.group("subscribed"))

	for _, wrong := range []map[string]any{
		{"data_source_id": w.Source},
		{"data_source_id": w.Source, "profile_id": w.Grace, "group_id": fake.DefaultGroupID},
	} {
		_, diags := w.ImportIdentity(accessType, wrong)
		diags.WantError(t, "exactly one of profile_id and group_id")
	}
	for _, wrong := range []string{"57", "x/profile:1", "57/", "57/12", "57/profile:", "57/profile:x", "57/profile:0", "57/user:3", "0/group:1", "57/group:-1"} {
		w.TryImport(accessType, wrong).WantError(t, "Malformed import id", "57/profile:12", "57/group:3", "57/subscription:88")
	}
	w.TryImport(accessType, fmt.Sprintf("%d/subscription:1", w.Source)).WantError(t, "No such subscription")
	w.NothingToImport(fmt.Sprintf("%d/profile:1", w.Source), "profile 1")
}

func TestProtocolAccessValidation(t *testing.T) {
	w := newAccess(t)
	for name, c := range map[string]struct {
		config acctest.Config
		at     string
		text   string
	}{
		"nobody":                 {w.profile("owner").Without("profile_id"), "", "profile_id"},
		"both":                   {w.profile("owner").With("group_id", 3), "", "group_id"},
		"unknown role":           {w.profile("admin"), "state", "subscribed"},
		"pending role":           {w.profile("pending"), "state", "subscribed"},
		"source 0":               {w.profile("owner").With("data_source_id", 0), "data_source_id", "at least 1"},
		"profile 0":              {w.profile("owner").With("profile_id", 0), "profile_id", "at least 1"},
		"group -1":               {w.group("owner").With("group_id", -1), "group_id", "at least 1"},
		"expiration in words":    {w.profile("owner").With("expiration", "tomorrow"), "expiration", "RFC3339"},
		"on_destroy":             {w.profile("owner").With("on_destroy", "delete"), "on_destroy", "abandon"},
		"approver missing":       {w.profile("owner").With("approvals", []any{map[string]any{"required_permission": "OWNER", "specific_approver_required": true}}), "approvals.0.specific_approver", "missing"},
		"approval for nothing":   {w.profile("owner").With("approvals", []any{map[string]any{"required_permission": ""}}), "approvals.0.required_permission", "at least 1"},
		"approver with no id":    {w.profile("owner").With("approvals", []any{map[string]any{"required_permission": "OWNER", "specific_approver": 0}}), "approvals.0.specific_approver", "at least 1"},
		"approval of nothing":    {w.profile("owner").With("approvals", []any{nil}), "approvals.0.required_permission", "required"},
		"neither known nor both": {w.profile("owner").With("profile_id", acctest.Unknown).With("group_id", 3), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			diags := w.Validate(accessType, c.config)
			switch {
			case c.text == "":
				diags.WantNone(t)
			case c.at == "":
				diags.WantError(t, c.text)
			default:
				diags.WantErrorAt(t, c.at, c.text)
			}
		})
	}
	w.WantCalls()
}

func TestProtocolAccessReplaces(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	for _, config := range []acctest.Config{w.profile("subscribed").With("data_source_id", 1), w.profile("subscribed").With("profile_id", 1), w.group("subscribed")} {
		plan := w.Planned(r, config)
		if len(plan.Replaces) == 0 {
			t.Errorf("%v does not replace", config)
		}
	}
}

func TestProtocolAccessOfNobody(t *testing.T) {
	w := newAccess(t)
	w.TryApply(w.Absent(), w.profile("owner").With("profile_id", 1)).WantErrorAt(t, "profile_id", "Profile not found")
	w.TryApply(w.Absent(), w.group("owner").With("group_id", 1)).WantErrorAt(t, "group_id", "Group not found")
}

func TestProtocolAccessRevoke(t *testing.T) {
	for name, option := range map[string]fake.Option{"refused": fake.WithRequestDenialsOnly(), "ignored": fake.WithIgnoredDenials()} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, option)
			r := w.Created(w.profile("subscribed"))
			w.TryApply(r, nil).WantErrorAt(t, "on_destroy", "Access could not be revoked", `on_destroy = "abandon"`, "removed block with lifecycle { destroy = false }")
			r = w.Settled(r, w.profile("subscribed").With("on_destroy", "abandon"))
			w.Tenant.ResetJournal()
			w.Applied(r, nil)
			w.WantCalls()
			w.wantMembers(w.graceIs("subscribed"))
		})
	}
}

func TestProtocolAccessRevokeOfTheCaller(t *testing.T) {
	w := newAccess(t)
	w.Protocol = w.Env.Protocol(map[string]any{"api_key": w.GraceKey})
	r := w.Applied(w.Absent(), w.profile("expert"))
	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	w.WantCalls(self, leave, list)
	w.wantMembers()
}

func TestProtocolAccessWithoutAKnownProvider(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	p := w.Env.Protocol(map[string]any{"host": acctest.Unknown})
	same, diags := p.Refresh(r)
	diags.WantWarning(t, "Not refreshed")
	if !same.State.Equal(r.State) {
		t.Error("the state changed")
	}
	p.TryApply(r, w.profile("owner")).WantError(t, "The provider is not configured yet")
	p.TryImport(accessType, "57/subscription:3").WantError(t, "The provider is not configured yet")
}

// TestProtocolAccessOfAThousand: what a refresh of many costs, and what a change costs on top of it.
func TestProtocolAccessOfAThousand(t *testing.T) {
	const n = 1000
	w := newAccess(t)
	var resources []acctest.Resource
	var configs []acctest.Config
	for i := range n {
		profile, _ := w.Tenant.AddUser(fmt.Sprintf("User %d", i))
		w.Tenant.AddMember(w.Source, fake.Member{ProfileID: profile})
		configs = append(configs, w.profile("subscribed").With("profile_id", profile))
	}
	for _, config := range configs {
		r := w.ByID(fmt.Sprintf("%d/profile:%d", w.Source, config["profile_id"]))
		resources = append(resources, r)
	}
	w.Bench = w.Restarted()
	w.Tenant.ResetJournal()
	parallel(n, func(i int) {
		r, diags := w.Refresh(resources[i])
		if len(diags) > 0 {
			t.Errorf("errors %q, warnings %q", diags.Errors(), diags.Warnings())
		}
		resources[i] = r
	})
	const most = (n+immuta.PageSize-1)/immuta.PageSize + 2
	if got := w.Tenant.Journal().Count("GET", "/dataSource/*/access"); got > most || len(w.Tenant.Journal()) != got {
		t.Fatalf("a refresh of %d members cost %d requests, want at most %d: %q", n, len(w.Tenant.Journal()), most, w.Tenant.Journal().Lines())
	}
	t.Logf("a refresh of %d members costs %d requests", n, len(w.Tenant.Journal()))
	for i := 0; i < n; i += n / 10 {
		w.PlansNothing(resources[i], configs[i])
	}

	// A create costs a look-up and a POST, and so does the next one: what was looked up serves for it too.
	w.Bench = w.Restarted()
	w.Tenant.ResetJournal()
	w.Applied(w.Absent(), w.profile("subscribed"))
	w.WantCalls(list, post)
	w.Applied(w.Absent(), w.group("subscribed"))
	w.WantCalls(post)
}

// parallel runs a function for 0 to n-1, ten at a time, as Terraform does.
func parallel(n int, run func(int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, 10)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			run(i)
		})
	}
	group.Wait()
}

// TestProtocolAccessOfFiftyAtOnce gives fifty users access side by side, changes them side by side and takes it away again.
func TestProtocolAccessOfFiftyAtOnce(t *testing.T) {
	const n = 50
	w := newAccess(t)
	var want []string
	resources := make([]acctest.Resource, n)
	config := make([]acctest.Config, n)
	for i := range n {
		profile, _ := w.Tenant.AddUser(fmt.Sprintf("User %d", i))
		config[i] = w.profile("subscribed").With("profile_id", profile)
		want = append(want, fmt.Sprintf("profile %d expert", profile))
	}
	all := func(step func(i int) (acctest.Resource, acctest.Diagnostics)) {
		t.Helper()
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() {
				r, diags := step(i)
				if len(diags) > 0 {
					t.Errorf("errors %q, warnings %q", diags.Errors(), diags.Warnings())
				}
				resources[i] = r
			})
		}
		group.Wait()
	}
	all(func(i int) (acctest.Resource, acctest.Diagnostics) { return w.Apply(w.Absent(), config[i]) })
	if got := w.Tenant.Journal(); got.Count("POST", "") != n || got.Count("GET", "") > n {
		t.Errorf("%d creates cost %d POSTs and %d GETs", n, got.Count("POST", ""), got.Count("GET", ""))
	}
	t.Logf("%d creates cost %d requests", n, len(w.Tenant.Journal()))
	all(func(i int) (acctest.Resource, acctest.Diagnostics) {
		return w.Apply(resources[i], config[i].With("state", "expert"))
	})
	got := w.members()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("members after the change (-want +got):\n%s", diff)
	}
	w.Tenant.ResetJournal()
	all(func(i int) (acctest.Resource, acctest.Diagnostics) { return w.Refresh(resources[i]) })
	t.Logf("%d refreshes after the changes cost %d requests", n, len(w.Tenant.Journal()))
	for i := range n {
		w.PlansNothing(resources[i], config[i].With("state", "expert"))
	}
	all(func(i int) (acctest.Resource, acctest.Diagnostics) { return w.Apply(resources[i], nil) })
	w.wantMembers()
}

// TestProtocolAccessWhoseFateIsUnknown: when even the look-up fails, the user is told what to do.
func TestProtocolAccessWhoseFateIsUnknown(t *testing.T) {
	w := newAccess(t)
	w.Protocol = w.Env.Protocol(map[string]any{"max_retries": 0})
	w.Tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	w.Tenant.Fault(fake.Fault{Method: "GET", Skip: 1, Status: 500})
	_, diags := w.Apply(w.Absent(), w.profile("subscribed"))
	diags.WantError(t, "could not be looked up")
	diags.WantWarningAt(t, "profile_id", "not known", "terraform import")
}

func TestProtocolAccessIsLookedUpAfterACancellation(t *testing.T) {
	w := newAccess(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.Tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	w.Tenant.After("POST", "/dataSource/*/access", func(*fake.Request) { cancel() })
	r, diags := w.ApplyContext(ctx, w.Absent(), w.profile("subscribed"))
	diags.WantNone(t)
	w.PlansEmpty(r, w.profile("subscribed"))
}

func TestProtocolAccessForbidden(t *testing.T) {
	w := newAccess(t)
	_, key := w.Tenant.AddUser("Charles Babbage", fake.CreateDataSource)
	w.Protocol = w.Env.Protocol(map[string]any{"api_key": key})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantError(t, "403", "owner")
}

func TestProtocolAccessWhereTheRouteIsMissing(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/*/access", Status: 404, Message: "Not Found", Times: fake.Always})
	r, diags := w.Restarted().Refresh(r)
	diags.WantError(t, "404")
	if !r.Exists() || strings.Contains(strings.Join(diags.Warnings(), ""), "Deleted") {
		t.Error("a route that is missing was taken for a source that is gone")
	}

	w = newAccess(t)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantError(t, "the tenant has no such call")
}

// TestProtocolAccessOfAMemberListedTwice: rows that come twice are one member, and what comes by a policy as well is not it.
func TestProtocolAccessOfAMemberListedTwice(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("expert"))
	subscription, _ := acctest.Get(r.State, "id").(int64)
	row := fmt.Sprintf(`{"profile": %d, "name": "Grace Hopper", "state": "expert", "approved": true, "subscriptionId": %d}`, w.Grace, subscription)
	inherited := fmt.Sprintf(`{"profile": %d, "name": "Grace Hopper", "state": "subscribed", "approved": true, "subscriptionId": null}`, w.Grace)
	w.Tenant.Fault(fake.Fault{
		Method: "GET", Path: "/dataSource/*/access", Times: fake.Always, Status: 200,
		Body: fmt.Sprintf(`{"users": [%s, %s, %s, %s], "count": 4}`, row, row, inherited, row),
	})
	fresh := w.Env.Protocol(nil)
	again := fresh.Refreshed(r)
	acctest.WantAttributes(t, again.State, map[string]any{"id": subscription, "state": "expert"})
	imported := fresh.Imported(accessType, fmt.Sprintf("%d/subscription:%d", w.Source, subscription))
	w.Want(imported, "profile_id", int64(w.Grace))
	members, diags := fresh.DataSource(accessType, map[string]any{"data_source_id": w.Source})
	diags.WantNoError(t)
	diags.WantWarning(t, "may not be complete")
	users, _ := acctest.Get(members, "users").([]any)
	if len(users) != 2 || acctest.Get(members, "users.0.state") != "expert" || acctest.Get(members, "users.1.state") != "subscribed" {
		t.Errorf("the members are %v", users)
	}
}
