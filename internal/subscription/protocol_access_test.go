package subscription_test

import (
	"context"
	"fmt"
	"slices"
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
	acctest.WantAttributes(t, r.State, attrs{
		"approved": true, "id": fmt.Sprint(w.Tenant.Members(w.Source)[1].SubscriptionID), "created_at": "2026-01-05T08:00:00.002Z",
	})
	r = w.PlansEmpty(r, config)
	w.WantCalls(list)

	config = config.With("role", "owner")
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
	w.Want(r, "on_destroy", "revoke")
	r = w.PlansNothing(r, config.With("on_destroy", "revoke"))
	r = w.Applied(r, config.With("on_destroy", "abandon"))
	r = w.Applied(r, config)
	w.WantCalls()

	w.Applied(r, nil)
	w.WantCalls(self, deny, list)
	w.wantMembers()
}

func TestProtocolAccessOfAGroup(t *testing.T) {
	for name, options := range map[string][]fake.Option{
		"by id": nil, "by object": {fake.WithGroupObjects()}, "texts": {fake.WithNumericStrings()},
	} {
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
	w.PlansEmpty(r, w.group("subscribed"))
}

func TestProtocolAccessIsDrift(t *testing.T) {
	w := newAccess(t)
	config := w.profile("subscribed").With("expiration", "2099-01-01T00:00:00Z")
	r := w.Created(config)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "ingest", Expiration: "2077-01-01T00:00:00Z"})
	r = w.Restarted().Refreshed(r)
	acctest.WantAttributes(t, r.State, attrs{"role": "ingest", "expiration": "2077-01-01T00:00:00Z"})
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
	w.Want(r, "id", fmt.Sprint(id))
}

func TestProtocolAccessOfAnExistingMember(t *testing.T) {
	for name, options := range map[string][]fake.Option{"refusing": nil, "upserting": {fake.WithAccessUpserts()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
			w.Tenant.AddMember(w.Source, fake.Member{GroupID: fake.DefaultGroupID})
			w.TryApply(w.Absent(), w.profile("subscribed")).WantErrorAt(t, "profile_id", "There is access already",
				fmt.Sprintf("profile %d has access already: owner", w.Grace), fmt.Sprintf("subscription %d", id),
				fmt.Sprintf("import {\n    to = immuta_data_source_access.<name>\n    id = %q", w.importID()))
			w.TryApply(w.Absent(), w.group("owner")).WantErrorAt(t, "group_id", fmt.Sprintf("'%d/group:%d'", w.Source, fake.DefaultGroupID))
			w.WantCalls(list)
			w.wantMembers(w.graceIs("owner"), groupIs("subscribed"))
		})
	}
}

func TestProtocolAccessOfASystemMember(t *testing.T) {
	w := newAccess(t)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, SystemGenerated: true})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantErrorAt(t, "profile_id", "There is access already")
}

// TestProtocolAccessTakenMeanwhile: somebody else was quicker, after the members were looked at.
func TestProtocolAccessTakenMeanwhile(t *testing.T) {
	w := newAccess(t)
	w.Tenant.Before("POST", "/dataSource/*/access", func(*fake.Request) {
		w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
	})
	w.TryApply(w.Absent(), w.profile("subscribed")).
		WantErrorAt(t, "profile_id", "There is access already", "The user or group is a member of this data source.", "terraform import")
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
	w.TryImport(accessType, w.importID()).WantErrorAt(t, "profile_id", "Importing the access", "policy or a group", "Without the import")

	// What was given once and comes from a policy now stays in the state, with what to do about it.
	w = newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	r, diags := w.Restarted().Refresh(r)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "profile_id", "policy or a group", "terraform state rm")
	w.Want(r, "id", nil)
	w.PlansNothing(r, w.profile("subscribed"))
	w.Restarted().TryApply(r, w.profile("owner")).WantErrorAt(t, "profile_id", "policy or a group", "terraform state rm")
	w.Restarted().TryApply(r, nil).WantErrorAt(t, "on_destroy", "abandon")
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
			r := w.Applied(w.Absent(), w.profile("expert"))
			w.WantCalls(list, post, list)
			w.Want(r, "id", fmt.Sprint(w.Tenant.Members(w.Source)[1].SubscriptionID))
			w.PlansEmpty(r, w.profile("expert"))
			w.Created(w.group("expert"))
			w.wantMembers(w.graceIs("expert"), groupIs("expert"))
		})
	}
}

// TestProtocolAccessThatStaysInherited: Immuta accepts the grant, and the members show no subscription for it.
func TestProtocolAccessThatStaysInherited(t *testing.T) {
	for name, answer := range map[string]string{"with a subscription": `{"id": 77, "state": "subscribed"}`, "without one": `{}`} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t)
			w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
			w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: answer})
			w.TryApply(w.Absent(), w.profile("subscribed")).
				WantErrorAt(t, "profile_id", "Immuta made no subscription", "the members of the data source show no subscription of its own")
			w.WantCalls(list, post, list)
		})
	}
	w := newAccess(t)
	w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, Inherited: true})
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 400, Message: "Not for members of the policy."})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantError(t, "was refused a subscription of its own", "Not for members of the policy.")
}

// TestProtocolAccessRevokedToInherited: a destroy ends the subscription. What a policy or a group gives is left, and said.
func TestProtocolAccessRevokedToInherited(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"answered": {}, "lost answer": {Method: "POST", Reset: true, When: fake.After},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t)
			w.Bench = w.With(attrs{"max_retries": 0})
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

func TestProtocolAccessThatIsPending(t *testing.T) {
	for name, options := range map[string][]fake.Option{"shown as its role": nil, "shown as pending": {fake.WithPendingStates()}} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, options...)
			config := w.profile("owner").With("approvals", []any{
				attrs{"required_permission": "GOVERNANCE", "specific_approver_required": true, "specific_approver": fake.DefaultProfileID},
				attrs{"required_permission": "OWNER"},
			})
			r := w.Created(config)
			w.wantMembers(w.graceIs("owner pending"))
			acctest.WantAttributes(t, r.State, attrs{"role": "owner", "approved": false})
			w.Want(r, "approvals.1.specific_approver_required", false)
			sent, _ := w.Tenant.Journal().Filter("POST", "/dataSource/*/access")[0].Field("approvals")
			if diff := cmp.Diff([]any{
				attrs{"requiredPermission": "GOVERNANCE", "specificApproverRequired": true, "specificApprover": float64(fake.DefaultProfileID)},
				attrs{"requiredPermission": "OWNER", "specificApproverRequired": false},
			}, sent); diff != "" {
				t.Errorf("approvals (-want +got):\n%s", diff)
			}
			w.Want(w.Restarted().ByID(w.importID()), "approved", false)

			w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "owner"})
			r = w.Restarted().PlansEmpty(r, config)
			w.Want(r, "approved", true)
		})
	}
}

func TestProtocolAccessApprovalsAreForTheGrant(t *testing.T) {
	w := newAccess(t)
	approvals := func(permission string) []any { return []any{attrs{"required_permission": permission}} }
	r := w.Created(w.profile("subscribed"))
	w.Tenant.ResetJournal()
	with := w.profile("subscribed").With("approvals", approvals("OWNER"))
	r, diags := w.Apply(r, with)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "approvals", "recorded in the state")
	w.TryPlan(r, with.With("approvals", approvals("GOVERNANCE"))).WantErrorAt(t, "approvals", "cannot be changed", "-replace")
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
	r := w.ByID(w.importID())
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
	changed := config.With("role", "owner")
	acctest.WantAttributes(t, w.Planned(r, changed).Planned, attrs{"approved": acctest.Unknown, "updated_at": acctest.Unknown})
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
	r, diags = w.Apply(w.Refreshed(r), config)
	diags.WantErrorAt(t, "expiration", "Immuta ignored a change")
	w.Want(r, "expiration", nil)
}

func TestProtocolAccessWithEmptyAnswers(t *testing.T) {
	w := newAccess(t, fake.WithoutAccessAnswers())
	r := w.Created(w.profile("subscribed"))
	w.Want(r, "id", fmt.Sprint(w.Tenant.Members(w.Source)[1].SubscriptionID))
	r = w.Settled(r, w.profile("expert"))
	w.Want(r, "role", "expert")
}

func TestProtocolAccessImport(t *testing.T) {
	w := newAccess(t)
	id := w.Tenant.AddMember(w.Source, fake.Member{ProfileID: w.Grace, State: "expert", Expiration: "2099-01-01T00:00:00Z"})
	groupSubscription := w.Tenant.AddMember(w.Source, fake.Member{GroupID: fake.DefaultGroupID})
	for given, config := range map[string]acctest.Config{
		w.importID(): w.profile("expert"),
		fmt.Sprintf("%d/subscription:%d", w.Source, id):                w.profile("expert").With("expiration", "2099-01-01T00:00:00Z"),
		fmt.Sprintf("%d/group:%d", w.Source, fake.DefaultGroupID):      w.group("subscribed"),
		fmt.Sprintf("%d/subscription:%d", w.Source, groupSubscription): w.group("subscribed").With("on_destroy", "revoke"),
	} {
		w := w.Restarted()
		w.Tenant.ResetJournal()
		w.PlansNothing(w.ByID(given), config)
		w.WantCalls(list)
	}
	w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source, "profile_id": w.Grace}), w.profile("expert").With("on_destroy", "revoke"))
	w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source, "group_id": fake.DefaultGroupID}), w.group("subscribed"))

	for _, wrong := range []attrs{
		{"data_source_id": w.Source},
		{"data_source_id": w.Source, "profile_id": w.Grace, "group_id": fake.DefaultGroupID},
	} {
		_, diags := w.ImportIdentity(accessType, wrong)
		diags.WantError(t, "exactly one of profile_id and group_id")
	}
	for _, wrong := range []string{
		"57", "x/profile:1", "57/", "57/12", "57/profile:", "57/profile:x", "57/profile:0", "57/user:3", "0/group:1", "57/group:-1",
	} {
		w.TryImport(accessType, wrong).WantError(t, "Malformed import id", "57/profile:12", "57/group:3", "57/subscription:88")
	}
	w.TryImport(accessType, fmt.Sprintf("%d/subscription:1", w.Source)).WantError(t, "No such subscription")
	w.With(attrs{"host": acctest.Unknown}).TryImport(accessType, "57/subscription:3").WantError(t, "The provider is not configured yet")
	w.NothingToImport(fmt.Sprintf("%d/profile:1", w.Source), "profile 1")
}

func TestProtocolAccessValidation(t *testing.T) {
	w := newAccess(t)
	config := w.profile("owner").With("approvals", []any{attrs{"required_permission": "OWNER"}})
	for _, c := range []struct {
		at    string
		value any
		on    string
		says  string
	}{
		{"role", "admin", "role", "subscribed"},
		{"role", "pending", "role", "subscribed"},
		{"data_source_id", 0, "data_source_id", "at least 1"},
		{"profile_id", 0, "profile_id", "at least 1"},
		{"expiration", "tomorrow", "expiration", "RFC3339"},
		{"on_destroy", "delete", "on_destroy", "abandon"},
		{"approvals.0", nil, "approvals.0.required_permission", "required"},
		{"approvals.0.required_permission", "", "approvals.0.required_permission", "at least 1"},
		{"approvals.0.specific_approver", 0, "approvals.0.specific_approver", "at least 1"},
		{"approvals.0.specific_approver_required", true, "approvals.0.specific_approver", "missing"},
	} {
		w.Validate(accessType, config.With(c.at, c.value)).WantErrorAt(t, c.on, c.says)
	}
	w.Validate(accessType, w.group("owner").With("group_id", -1)).WantErrorAt(t, "group_id", "at least 1")
	w.Validate(accessType, w.profile("owner").Without("profile_id")).WantError(t, "profile_id")
	w.Validate(accessType, w.profile("owner").With("group_id", 3)).WantError(t, "group_id")
	w.Validate(accessType, w.group("owner").With("profile_id", acctest.Unknown)).WantNone(t)
	w.WantCalls()
}

func TestProtocolAccessReplaces(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("subscribed"))
	w.Replaces(r, w.profile("subscribed").With("data_source_id", 1), "data_source_id")
	w.Replaces(r, w.profile("subscribed").With("profile_id", 1), "profile_id")
	if plan := w.Planned(r, w.group("subscribed")); len(plan.Replaces) != 2 {
		t.Errorf("a group instead of a profile replaces because of %q", plan.Replaces)
	}
}

func TestProtocolAccessRefused(t *testing.T) {
	w := newAccess(t)
	w.TryApply(w.Absent(), w.profile("owner").With("profile_id", 1)).WantErrorAt(t, "profile_id", "Profile not found",
		"No user has the profile id 1. The data source immuta_current_user returns", "page of users")
	w.TryApply(w.Absent(), w.group("owner").With("group_id", 1)).WantErrorAt(t, "group_id", "Group not found", "No group has the id 1.")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(w.Absent(), w.profile("subscribed")).WantError(t, "the tenant has no such call")
	_, stranger := w.Tenant.AddUser("Charles Babbage", fake.CreateDataSource)
	w.With(attrs{"api_key": stranger}).TryApply(w.Absent(), w.profile("subscribed")).WantError(t, "403", "owner")
}

func TestProtocolAccessRevoke(t *testing.T) {
	for name, option := range map[string]fake.Option{"refused": fake.WithRequestDenialsOnly(), "ignored": fake.WithIgnoredDenials()} {
		t.Run(name, func(t *testing.T) {
			w := newAccess(t, option)
			r := w.Created(w.profile("subscribed"))
			w.TryApply(r, nil).WantErrorAt(t, "on_destroy",
				"Access could not be revoked", `on_destroy = "abandon"`, "removed block with lifecycle { destroy = false }")
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
	w = w.asGrace(nil)
	r := w.Applied(w.Absent(), w.profile("expert"))
	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	w.WantCalls(self, leave, list)
	w.wantMembers()
}

// users gives n more users a configuration each.
func (w world) users(n int) []acctest.Config {
	configs := make([]acctest.Config, n)
	for i := range configs {
		profile, _ := w.Tenant.AddUser(fmt.Sprintf("User %d", i))
		configs[i] = w.profile("subscribed").With("profile_id", profile)
	}
	return configs
}

// each takes a step for every resource, ten at a time, as Terraform does, and nothing may be reported.
func (w world) each(resources []acctest.Resource, step func(i int) (acctest.Resource, acctest.Diagnostics)) {
	w.t.Helper()
	var group sync.WaitGroup
	slots := make(chan struct{}, 10)
	for i := range resources {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			r, diags := step(i)
			if len(diags) > 0 {
				w.t.Errorf("errors %q, warnings %q", diags.Errors(), diags.Warnings())
			}
			resources[i] = r
		})
	}
	group.Wait()
}

// TestProtocolAccessOfAThousand: what a refresh of many costs, and what a change costs on top of it.
func TestProtocolAccessOfAThousand(t *testing.T) {
	const n = 1000
	w := newAccess(t)
	configs := w.users(n)
	resources := make([]acctest.Resource, n)
	for _, config := range configs {
		profile, _ := config["profile_id"].(int)
		w.Tenant.AddMember(w.Source, fake.Member{ProfileID: profile})
	}
	w.each(resources, func(i int) (acctest.Resource, acctest.Diagnostics) {
		return w.Import(accessType, fmt.Sprintf("%d/profile:%d", w.Source, configs[i]["profile_id"]))
	})
	w.Bench = w.Restarted()
	w.Tenant.ResetJournal()
	w.each(resources, func(i int) (acctest.Resource, acctest.Diagnostics) { return w.Refresh(resources[i]) })
	const most = (n+immuta.PageSize-1)/immuta.PageSize + 2
	journal := w.Tenant.Journal()
	if got := journal.Count("GET", "/dataSource/*/access"); got > most || len(journal) != got {
		t.Fatalf("a refresh of %d members cost %d requests, want at most %d: %q", n, len(journal), most, journal.Lines())
	}
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

// TestProtocolAccessOfFiftyAtOnce gives fifty users access side by side, changes them side by side and takes it away again.
func TestProtocolAccessOfFiftyAtOnce(t *testing.T) {
	const n = 50
	w := newAccess(t)
	configs, resources := w.users(n), make([]acctest.Resource, n)
	apply := func(config func(i int) acctest.Config) {
		w.each(resources, func(i int) (acctest.Resource, acctest.Diagnostics) {
			resources[i].Type = accessType
			return w.Apply(resources[i], config(i))
		})
	}
	apply(func(i int) acctest.Config { return configs[i] })
	if got := w.Tenant.Journal(); got.Count("POST", "") != n || got.Count("GET", "") > n {
		t.Errorf("%d creates cost %d POSTs and %d GETs", n, got.Count("POST", ""), got.Count("GET", ""))
	}
	expert := func(i int) acctest.Config { return configs[i].With("role", "expert") }
	apply(expert)
	for i, r := range resources {
		w.PlansEmpty(r, expert(i))
	}
	if got := len(w.members()); got != n {
		t.Errorf("%d members after the change", got)
	}
	apply(func(int) acctest.Config { return nil })
	w.wantMembers()
}

// TestProtocolAccessWhoseFateIsUnknown: when even the look-up fails, the user is told what to do.
func TestProtocolAccessWhoseFateIsUnknown(t *testing.T) {
	w := newAccess(t)
	w.Bench = w.With(attrs{"max_retries": 0})
	w.Tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	w.Tenant.Fault(fake.Fault{Method: "GET", Skip: 1, Status: 500})
	diags := w.TryApply(w.Absent(), w.profile("subscribed"))
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

// TestProtocolAccessOfAMemberListedTwice: rows that come twice are one member, and what comes by a policy as well is not it.
func TestProtocolAccessOfAMemberListedTwice(t *testing.T) {
	w := newAccess(t)
	r := w.Created(w.profile("expert"))
	subscription, _ := acctest.Get(r.State, "id").(string)
	const grace = `{"profile": %d, "name": "Grace Hopper", "state": %q, "approved": true, "subscriptionId": %s}`
	row := fmt.Sprintf(grace, w.Grace, "expert", subscription)
	inherited := fmt.Sprintf(grace, w.Grace, "subscribed", "null")
	w.Tenant.Fault(fake.Fault{
		Method: "GET", Path: "/dataSource/*/access", Times: fake.Always, Status: 200,
		Body: fmt.Sprintf(`{"users": [%s, %s, %s, %s], "count": 4}`, row, row, inherited, row),
	})
	fresh := w.Restarted()
	acctest.WantAttributes(t, fresh.Refreshed(r).State, attrs{"id": subscription, "role": "expert"})
	w.Want(fresh.ByID(fmt.Sprintf("%d/subscription:%s", w.Source, subscription)), "profile_id", w.Grace)
	members, diags := fresh.DataSource(accessType, attrs{"data_source_id": w.Source})
	diags.WantNoError(t)
	diags.WantWarning(t, "may not be complete")
	users, _ := acctest.Get(members, "users").([]any)
	if len(users) != 2 || acctest.Get(members, "users.0.role") != "expert" || acctest.Get(members, "users.1.role") != "subscribed" {
		t.Errorf("the members are %v", users)
	}
}
