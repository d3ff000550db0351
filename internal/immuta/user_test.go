package immuta_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestCurrentUserIsAskedForOnce(t *testing.T) {
	t.Parallel()
	tenant := fake.New(fake.WithNumericStrings())
	id, key := tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	client := connect(t, tenant, func(c *immuta.Config) { c.APIKey = key })
	tenant.Fault(fake.Fault{Status: 403})
	_, err := client.CurrentUser(t.Context())
	wantStatus(t, err, 403) // A failure is not remembered.
	wantNoError(t, parallel(10, func(int) error { _, err := client.CurrentUser(t.Context()); return err }))
	got, err := client.CurrentUser(t.Context())
	wantNoError(t, err)
	want := immuta.User{ID: int64(id), Name: "Grace Hopper", Email: "grace.hopper@example.com", Permissions: []string{fake.CreateDataSource}}
	wantEqual(t, "the user", got, want)
	wantCount(t, tenant, "GET", "/bim/rpc/user/current", 2)
}

func TestCurrentUserIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		answer string
		want   immuta.User
	}{
		{`{"profile": {"id": "7", "name": "A", "email": "a@x", "permissions": ["P"]}}`,
			immuta.User{ID: 7, Name: "A", Email: "a@x", Permissions: []string{"P"}}},
		{`{"id": 99, "name": "A", "email": "a@x", "permissions": ["P"], "profile": {"id": 7}}`,
			immuta.User{ID: 7, Name: "A", Email: "a@x", Permissions: []string{"P"}}},
		{`{"profile": {"id": 7, "name": null}, "permissions": {"odd": true}}`, immuta.User{ID: 7}},
	} {
		got, err := connect(t, replies(test.answer)).CurrentUser(t.Context())
		wantNoError(t, err)
		wantEqual(t, test.answer, got, test.want)
	}
	// The id of an account is not the id of a profile.
	_, err := connect(t, replies(`{"id": 99}`)).CurrentUser(t.Context())
	_ = wantAs[*immuta.UnreadableError](t, err)
}
