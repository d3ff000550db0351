package fake_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestAuthorization(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, key := c.tenant.AddUser("Grace Hopper")

	c.authorization = ""
	exchanged := c.do("POST", "/bim/apikey/authenticate", object{"apikey": key}, http.StatusOK)
	token := exchanged.text("token")
	c.do("POST", "/bim/apikey/authenticate", object{"apikey": "wrong"}, http.StatusUnauthorized)
	c.do("POST", "/bim/apikey/authenticate", object{}, http.StatusUnauthorized)
	whoami := func(authorization string, status int) reply {
		t.Helper()
		c.authorization = authorization
		return c.do("GET", "/bim/rpc/user/current", nil, status)
	}
	for _, authorization := range []string{key, "Bearer " + key, token, "Bearer " + token, "bearer " + key} {
		profile, _ := whoami(authorization, http.StatusOK).object()["profile"].(map[string]any)
		if profile["id"] != float64(grace) || profile["name"] != "Grace Hopper" || profile["email"] != "grace.hopper@example.com" {
			t.Errorf("%q is %v", authorization, profile)
		}
	}
	for _, authorization := range []string{"", "Bearer", "Bearer ", "wrong", "Basic " + key, "AWS " + key + ":immuta"} {
		whoami(authorization, http.StatusUnauthorized)
	}

	c.tenant.Advance(time.Hour)
	whoami(token, http.StatusUnauthorized)
	whoami(key, http.StatusOK)
	renewed := c.do("POST", "/bim/apikey/authenticate", object{"apikey": key}, http.StatusOK).text("token")
	whoami(renewed, http.StatusOK)
	c.tenant.ExpireSessions()
	whoami(renewed, http.StatusUnauthorized)
	again := c.do("POST", "/bim/apikey/authenticate", object{"apikey": key}, http.StatusOK).text("token")
	whoami(renewed, http.StatusUnauthorized) // An expired token never comes back.
	whoami(again, http.StatusOK)
	c.tenant.RevokeKey(key)
	whoami(again, http.StatusUnauthorized)
	whoami(key, http.StatusUnauthorized)

	whoami(fake.DefaultAPIKey, http.StatusOK)
	seen := c.tenant.Journal()
	if last := seen[len(seen)-1]; last.ProfileID != fake.DefaultProfileID || last.Header.Get("Authorization") != fake.DefaultAPIKey {
		t.Errorf("unexpected journal: %+v", last)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := connect(t)
	if !c.tenant.Now().Equal(fake.Epoch) {
		t.Errorf("the clock starts at %s", c.tenant.Now())
	}
	c.tenant.Advance(90 * time.Second)
	id, _ := c.create(nil)
	if want := fake.Epoch.Add(90*time.Second + time.Millisecond); !c.tenant.Now().Equal(want) {
		t.Errorf("it is %s, want %s", c.tenant.Now(), want)
	}
	got := c.do("GET", fmt.Sprintf("/dataSource/%d", id), nil, http.StatusOK)
	if got.header.Get("Date") != "Mon, 05 Jan 2026 08:01:30 GMT" || got.text("createdAt") != "2026-01-05T08:01:30.001Z" {
		t.Errorf("Date is %s, createdAt %s", got.header.Get("Date"), got.text("createdAt"))
	}
}
