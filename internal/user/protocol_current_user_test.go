package user_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

const currentUser = "immuta_current_user"

func TestProtocolCurrentUserTellsWhoTheKeyBelongsTo(t *testing.T) {
	env := acctest.New(t)
	profile, key := env.Tenant.AddUser("Grace Hopper", fake.CreateDataSource, fake.Governance)
	acctest.WantAttributes(t, env.Protocol(attrs{"api_key": key}).Answered(currentUser, nil), attrs{
		"id": profile, "name": "Grace Hopper", "permissions": []any{fake.CreateDataSource, fake.Governance},
	})
}

func TestProtocolCurrentUserIsReadLeniently(t *testing.T) {
	env := acctest.New(t)
	for body, want := range map[string]attrs{
		`{"profile": {"id": 7}}`: {},
		`{"profile": {"id": "7", "name": "Ada", "email": "ada@example.com"}}`: {"name": "Ada", "email": "ada@example.com"},
		`{"profile": {"id": 7}, "name": "Ada", "email": "ada@example.com"}`:   {"name": "Ada", "email": "ada@example.com"},
		`{"profile": {"id": 7, "permissions": ["GOVERNANCE"]}}`:               {"permissions": []any{"GOVERNANCE"}},
		`{"profile": {"id": 7}, "permissions": []}`:                           {"permissions": []any{}},
		`{"profile": {"id": 7}, "permissions": {"GOVERNANCE": true}}`:         {},
		`{"profile": {"id": 7, "name": null, "permissions": null}}`:           {},
		`{"profile": {"id": 7, "groups": [1]}, "iam": "bim"}`:                 {},
	} {
		t.Run(body, func(t *testing.T) {
			env.Tenant.Fault(fake.Fault{Status: 200, Body: body})
			user := acctest.Config{"id": 7, "name": nil, "email": nil, "permissions": nil}
			acctest.WantAttributes(t, env.Protocol(nil).Answered(currentUser, nil), user.Merge(want))
		})
	}
}

func TestProtocolCurrentUserErrorsAreForStrangers(t *testing.T) {
	env := acctest.New(t)
	for _, test := range []struct {
		fault fake.Fault
		want  []string
	}{
		{fake.Fault{Status: 401, Message: "Who are you?"}, []string{"401", "Who are you?", "api_key", "another form of authentication"}},
		{fake.Fault{Status: 403}, []string{"403"}},
		{fake.Fault{Status: 200, Body: `{"name": "Ada"}`}, []string{"no profile id"}},
		{fake.Fault{HTML: true}, []string{"HTML page", "login page"}},
	} {
		env.Tenant.Fault(test.fault)
		env.Protocol(attrs{"max_retries": 0}).TryRead(currentUser, nil).
			WantError(t, append(test.want, "Reading the current user failed", "GET /bim/rpc/user/current")...)
	}
	const says = "Reading the current user failed"
	env.Protocol(attrs{"api_key": "wrong"}).TryRead(currentUser, nil).WantError(t, says, "401", "IMMUTA_API_KEY")
}
