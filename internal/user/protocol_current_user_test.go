package user_test

import (
	"reflect"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

const currentUser = "immuta_current_user"

func TestProtocolCurrentUserTellsWhoTheKeyBelongsTo(t *testing.T) {
	env := acctest.New(t)
	profile, key := env.Tenant.AddUser("Grace Hopper", fake.CreateDataSource, fake.Governance)
	user := env.Protocol(attrs{"api_key": key}).Answered(currentUser, nil)
	if id, name := acctest.Get(user, "id"), acctest.Get(user, "name"); id != int64(profile) || name != "Grace Hopper" {
		t.Errorf("%v is %v", id, name)
	}
	acctest.WantAttributes(t, user, map[string]any{"permissions": []any{fake.CreateDataSource, fake.Governance}})
}

func TestProtocolCurrentUserIsReadLeniently(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body           string
		id, user, mail any
		permissions    any
	}{
		"an id alone":                 {`{"profile": {"id": 7}}`, int64(7), nil, nil, nil},
		"a text for the id":           {`{"profile": {"id": "7", "name": "Ada", "email": "ada@example.com"}}`, int64(7), "Ada", "ada@example.com", nil},
		"permissions in the profile":  {`{"profile": {"id": 7, "permissions": ["GOVERNANCE"]}}`, int64(7), nil, nil, []any{"GOVERNANCE"}},
		"no permissions":              {`{"profile": {"id": 7}, "permissions": []}`, int64(7), nil, nil, []any{}},
		"permissions of another kind": {`{"profile": {"id": 7}, "permissions": {"GOVERNANCE": true}}`, int64(7), nil, nil, nil},
		"name and mail outside":       {`{"profile": {"id": 7}, "name": "Ada", "email": "ada@example.com"}`, int64(7), "Ada", "ada@example.com", nil},
		"nulls":                       {`{"profile": {"id": 7, "name": null, "email": null, "permissions": null}, "permissions": null}`, int64(7), nil, nil, nil},
		"unknown keys":                {`{"profile": {"id": 7, "groups": [1]}, "iam": "bim"}`, int64(7), nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			env.Tenant.Fault(fake.Fault{Status: 200, Body: test.body})
			user := env.Protocol(nil).Answered(currentUser, nil)
			for at, want := range map[string]any{"id": test.id, "name": test.user, "email": test.mail, "permissions": test.permissions} {
				if got := acctest.Get(user, at); !reflect.DeepEqual(got, want) {
					t.Errorf("%s is %#v, want %#v", at, got, want)
				}
			}
		})
	}
	t.Run("texts for numbers", func(t *testing.T) {
		user := acctest.New(t, fake.WithNumericStrings()).Protocol(nil).Answered(currentUser, nil)
		acctest.WantAttributes(t, user, map[string]any{"id": int64(fake.DefaultProfileID)})
	})
}

func TestProtocolCurrentUserErrorsAreForStrangers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"401":          {fake.Fault{Status: 401, Message: "Who are you?"}, []string{"401", "Who are you?", "api_key", "another form of authentication"}},
		"403":          {fake.Fault{Status: 403}, []string{"403"}},
		"no profile":   {fake.Fault{Status: 200, Body: `{"name": "Ada"}`}, []string{"no profile id"}},
		"an HTML page": {fake.Fault{HTML: true}, []string{"HTML page", "login page"}},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			fault := test.fault
			fault.Times = fake.Always
			env.Tenant.Fault(fault)
			env.Protocol(nil).TryRead(currentUser, nil).WantError(t, append(test.want, "Reading the current user failed", "GET /bim/rpc/user/current")...)
		})
	}
	t.Run("a key that is worth nothing", func(t *testing.T) {
		env := acctest.New(t)
		env.Protocol(attrs{"api_key": "wrong"}).TryRead(currentUser, nil).WantError(t, "Reading the current user failed", "401", "IMMUTA_API_KEY")
	})
}
