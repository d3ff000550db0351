package immuta_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const membersPattern = "/dataSource/*/access"

// crowd is a tenant whose only source has n members besides its owner, and their profiles.
func crowd(n int, options ...fake.Option) (tenant *fake.Tenant, source int64, profiles []int64) {
	tenant = fake.New(options...)
	id := tenant.AddSource(fake.SourceSpec{})
	for i := range n {
		profile, _ := tenant.AddUser(fmt.Sprintf("User %d", i))
		tenant.AddMember(id, fake.Member{ProfileID: profile})
		profiles = append(profiles, int64(profile))
	}
	return tenant, int64(id), profiles
}

func wantMember(t *testing.T, client *immuta.Client, source int64, who immuta.Grantee, state string) {
	t.Helper()
	m, found, err := client.Member(t.Context(), source, who, 0)
	if got := string(m.State); err != nil || found != (state != "") || got != state {
		t.Errorf("%s is %q (found: %t, error: %v), want %q", who, got, found, err, state)
	}
}

func TestMembersAreLookedUpInOneSnapshot(t *testing.T) {
	t.Parallel()
	tenant, source, profiles := crowd(450)
	client := connect(t, tenant)
	var group sync.WaitGroup
	for _, profile := range profiles {
		group.Go(func() { wantMember(t, client, source, immuta.Grantee{ProfileID: profile}, "subscribed") })
	}
	group.Wait()
	wantMember(t, client, source, immuta.Grantee{ProfileID: 1}, "")
	wantCount(t, tenant, "", "", 1)

	// After a write, the one that was written is looked up again, and nobody else.
	_, err := client.ChangeMember(t.Context(), source, immuta.Grantee{ProfileID: profiles[0]}, subscriptionOf(tenant, source, profiles[0]),
		immuta.Access{State: "expert"})
	wantNoError(t, err)
	wantMember(t, client, source, immuta.Grantee{ProfileID: profiles[1]}, "subscribed")
	wantCount(t, tenant, "GET", "", 1)
	wantMember(t, client, source, immuta.Grantee{ProfileID: profiles[0]}, "expert")
	wantMember(t, client, source, immuta.Grantee{ProfileID: profiles[0]}, "expert")
	wantCount(t, tenant, "GET", "", 2)
}

func subscriptionOf(tenant *fake.Tenant, source, profile int64) int64 {
	for _, m := range tenant.Members(int(source)) {
		if int64(m.ProfileID) == profile {
			return int64(m.SubscriptionID)
		}
	}
	return 0
}

// memberPage answers the members from the offset that is asked for up to another one; a count of 0 is not said.
func memberPage(w http.ResponseWriter, r *http.Request, size, members, count int) {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	rows := []string{}
	for i := offset; i < min(offset+size, members); i++ {
		rows = append(rows, fmt.Sprintf(`{"profile": %d, "subscriptionId": %d, "state": "subscribed"}`, i+1, i+1000))
	}
	said := ""
	if count > 0 {
		said = fmt.Sprintf(`, "count": %d`, count)
	}
	_, _ = fmt.Fprintf(w, `{"users": [%s]%s}`, strings.Join(rows, ","), said)
}

// TestMembersOfAServerWithSmallPages: a server may refuse large pages, or cut them off.
func TestMembersOfAServerWithSmallPages(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]bool{"refuses": true, "cuts off without a count": false} {
		inParallel(t, name, func(t *testing.T) {
			const members = 450
			client := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				size, _ := strconv.Atoi(r.URL.Query().Get("size"))
				if size > immuta.PageSize && refuses {
					w.WriteHeader(http.StatusBadRequest)
					_, _ = w.Write([]byte(`{"statusCode": 400, "message": "\"size\" must be at most 200"}`))
					return
				}
				memberPage(w, r, min(size, immuta.PageSize), members, 0)
			}))
			wantMember(t, client, 57, immuta.Grantee{ProfileID: members}, "subscribed")
			wantMember(t, client, 57, immuta.Grantee{ProfileID: members + 1}, "")
		})
	}
}

func TestMembersThatKeepChanging(t *testing.T) {
	t.Parallel()
	count := 5000
	client := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count++
		memberPage(w, r, 2000, count, count)
	}))
	wantMember(t, client, 57, immuta.Grantee{ProfileID: 7}, "subscribed")
	// Somebody who may have been overlooked is not said to have no access.
	_, _, err := client.Member(t.Context(), 57, immuta.Grantee{ProfileID: 1 << 40}, 0)
	wantSaid(t, err, "again and again")
}

func TestMemberRows(t *testing.T) {
	t.Parallel()
	client := connect(t, replies(`{"count": 8, "users": [
		{"profile": "7", "subscriptionId": null, "state": "subscribed", "approved": "true"},
		{"profile": 7, "subscriptionId": "71", "state": "owner"},
		{"profile": 7, "subscriptionId": null, "state": "subscribed"},
		{"profile": null, "group": 3, "subscriptionId": 31, "state": "expert"},
		{"profile": null, "group": {"id": 4, "name": "Analysts"}, "subscriptionId": 41, "state": "subscribed"},
		{"profile": 8, "subscriptionId": 81, "state": "denied"},
		{"profile": 9, "subscriptionId": 91, "state": "unsubscribed"},
		{"profile": null, "group": null, "subscriptionId": 99, "state": "ingest"},
		{"profile": 10, "subscriptionId": 101, "state": "pending", "approved": null, "expiration": null}
	]}`))
	for who, state := range map[immuta.Grantee]string{
		{ProfileID: 7}: "owner", {GroupID: 3}: "expert", {GroupID: 4}: "subscribed", {ProfileID: 8}: "", {ProfileID: 9}: "",
		{ProfileID: 10}: "pending", {}: "",
	} {
		wantMember(t, client, 57, who, state)
	}
	m, found, err := client.Member(t.Context(), 57, immuta.Grantee{GroupID: 5}, 99)
	wantNoError(t, err)
	if !found || m.State != "ingest" {
		t.Errorf("a row without a name was not found by its subscription: %+v", m)
	}
}

func TestMembersOfASourceThatIsGone(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	if _, _, err := client.Member(t.Context(), 1, immuta.Grantee{ProfileID: 7}, 0); !immuta.IsNotFound(err) {
		t.Errorf("got %v, want not found", err)
	}
	source := addSource(tenant)
	tenant.Fault(fake.Fault{Path: membersPattern, Status: 404, Message: "Not Found"})
	_, _, err := client.Member(t.Context(), source, immuta.Grantee{ProfileID: 7}, 0)
	if _, ok := errors.AsType[*immuta.MissingRouteError](err); !ok || immuta.IsNotFound(err) {
		t.Errorf("got %v, want a missing route", err)
	}
}

// TestGrantsDoNotRace gives, changes and revokes the access of fifty at once, and looks everybody up all the while.
func TestGrantsDoNotRace(t *testing.T) {
	t.Parallel()
	const n = 50
	tenant := fake.New()
	source := addSource(tenant)
	client := connect(t, tenant)
	var group sync.WaitGroup
	for i := range n {
		profile, _ := tenant.AddUser(fmt.Sprintf("User %d", i))
		who := immuta.Grantee{ProfileID: int64(profile)}
		group.Go(func() {
			m, err := client.Grant(t.Context(), source, who, immuta.Access{State: "subscribed"})
			if err != nil {
				t.Error(err)
				return
			}
			wantMember(t, client, source, who, "subscribed")
			if _, err := client.ChangeMember(t.Context(), source, who, int64(m.SubscriptionID), immuta.Access{State: "owner"}); err != nil {
				t.Error(err)
			}
			wantMember(t, client, source, who, "owner")
			if i%2 == 0 {
				if err := client.Revoke(t.Context(), source, who, int64(m.SubscriptionID)); err != nil {
					t.Error(err)
				}
				wantMember(t, client, source, who, "")
			}
		})
	}
	group.Wait()
	if left := len(tenant.Members(int(source))); left != n/2+1 {
		t.Errorf("%d members, want %d", left, n/2+1)
	}
}

func TestGrantOfAnExistingMember(t *testing.T) {
	t.Parallel()
	tenant, source, profiles := crowd(1, fake.WithAccessUpserts())
	_, err := connect(t, tenant).Grant(t.Context(), source, immuta.Grantee{ProfileID: profiles[0]}, immuta.Access{State: "owner"})
	existing, ok := errors.AsType[*immuta.ExistingMemberError](err)
	if !ok || existing.Member.State != "subscribed" || existing.Err != nil {
		t.Fatalf("got %v, want an existing member", err)
	}
	wantCount(t, tenant, "POST", "", 0)
}

// TestGrantInDoubt: what a grant without an answer has become is looked up, and only what it asked for counts as its own.
func TestGrantInDoubt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault fake.Fault
		other string // the role that somebody else gives meanwhile
		ok    bool
	}{
		"took effect":     {fault: fake.Fault{Reset: true, When: fake.After}, ok: true},
		"no effect":       {fault: fake.Fault{Reset: true}},
		"somebody else's": {fault: fake.Fault{Reset: true}, other: "owner"},
		"unreadable":      {fault: fake.Fault{HTML: true, When: fake.After}, ok: true},
		"500":             {fault: fake.Fault{Status: 500, When: fake.After}, ok: true},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant := fake.New()
			profile, _ := tenant.AddUser("Grace Hopper")
			source := tenant.AddSource(fake.SourceSpec{})
			c.fault.Method = "POST"
			tenant.Fault(c.fault)
			if c.other != "" {
				tenant.Before("POST", "", func(*fake.Request) { tenant.AddMember(source, fake.Member{ProfileID: profile, State: c.other}) })
			}
			m, err := connect(t, tenant, retries(0)).Grant(t.Context(), int64(source), immuta.Grantee{ProfileID: int64(profile)},
				immuta.Access{State: "subscribed"})
			if (err == nil) != c.ok || c.ok && m.SubscriptionID == 0 {
				t.Errorf("got %+v, %v", m, err)
			}
			if _, existing := errors.AsType[*immuta.ExistingMemberError](err); existing != (c.other != "") {
				t.Errorf("got %v", err)
			}
			wantCount(t, tenant, "", membersPattern, 3)
		})
	}
}

func TestOwnSubscriptionRecords(t *testing.T) {
	t.Parallel()
	for record, exists := range map[string]bool{
		`{"id": 57, "subscriptionId": null, "subscriptionStatus": "not_subscribed"}`: false,
		`{"id": 57, "subscriptionId": 3, "subscriptionStatus": "unsubscribed"}`:      false,
		`{"id": 57, "subscriptionId": 3, "subscriptionStatus": "denied"}`:            false,
		`{"id": 57, "subscriptionId": null, "subscriptionStatus": null}`:             false,
		`{"id": 57, "subscriptionId": "3"}`:                                          true,
		`{"id": 57, "subscriptionId": null, "subscriptionStatus": "subscribed"}`:     true,
		`[{"id": 57, "subscriptionId": 3, "subscriptionStatus": "pending"}]`:         true,
	} {
		s, err := connect(t, replies(record)).OwnSubscription(t.Context(), 57)
		wantNoError(t, err)
		wantEqual(t, record, s.Exists(), exists)
	}
	_, err := connect(t, replies(`{"id": 57, "subscriptionStatus": {}}`)).OwnSubscription(t.Context(), 57)
	_ = wantAs[*immuta.UnreadableError](t, err)
}

func TestSourceTags(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	source := addSource(tenant)
	client := connect(t, tenant)
	pii, finance := immuta.TagKey{Name: "PII", Source: immuta.CuratedSource}, immuta.TagKey{Name: "Finance", Source: immuta.CuratedSource}
	wantNoError(t, client.AddSourceTags(t.Context(), source, nil))
	wantCount(t, tenant, "", "", 0)
	tenant.Fault(fake.Fault{Method: "POST", Reset: true, When: fake.After})
	wantNoError(t, client.AddSourceTags(t.Context(), source, []immuta.TagKey{pii, finance}))
	tenant.Fault(fake.Fault{Method: "DELETE", Reset: true, When: fake.After})
	for range 2 {
		removed, err := client.RemoveSourceTags(t.Context(), source, []immuta.TagKey{pii})
		wantNoError(t, err)
		if len(removed) != 1 || removed[0] != pii {
			t.Errorf("removed %v", removed)
		}
	}
	tags, err := client.SourceTags(t.Context(), source)
	wantNoError(t, err)
	if len(tags) != 1 || tags[0].Key() != finance {
		t.Errorf("unexpected tags %+v", tags)
	}
	tenant.Fault(fake.Fault{Method: "POST", Reset: true})
	if err := client.AddSourceTags(t.Context(), source, []immuta.TagKey{pii}); err == nil {
		t.Error("a tag that is not there was added")
	}
	_, err = client.SourceTags(t.Context(), 1)
	wantStatus(t, err, http.StatusNotFound)
}
