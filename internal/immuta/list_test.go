package immuta_test

import (
	"context"
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Every page of a long list has a context of its own, which ends with it.
func TestListSourcesBoundsEachPage(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	ids := addSources(tenant, 450)
	var bounded []context.Context
	bound := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		bounded = append(bounded, ctx)
		return ctx, cancel
	}
	var listed []int64
	for row, err := range client.ListSources(t.Context(), immuta.Search{}, bound) {
		wantNoError(t, err)
		listed = append(listed, int64(row.ID))
		if bounded[len(bounded)-1].Err() == nil {
			t.Fatal("the context of a page lasts longer than its request")
		}
	}
	if !slices.Equal(listed, ids) || len(bounded) != 3 {
		t.Errorf("%d sources on %d pages", len(listed), len(bounded))
	}
}

// What can be imported is who has a subscription, once.
func TestListSubscriptions(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	id := addSource(tenant)
	tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/*/access", Status: 200, Body: `{"count": 7, "users": [
		{"subscriptionId": 1, "profile": 12, "state": "owner"},
		{"subscriptionId": null, "profile": 13, "state": "subscribed"},
		{"subscriptionId": 2, "profile": 14, "state": "denied"},
		{"subscriptionId": 3, "name": "nobody", "state": "subscribed"},
		{"subscriptionId": 4, "group": {"id": 3}, "state": "expert"},
		{"subscriptionId": 5, "profile": 12, "state": "expert"},
		{"subscriptionId": 6, "profile": 13, "state": "pending"}
	]}`})
	var listed []int64
	for member, err := range client.ListSubscriptions(t.Context(), id, context.WithCancel) {
		wantNoError(t, err)
		listed = append(listed, int64(member.SubscriptionID))
	}
	if want := []int64{1, 4, 6}; !slices.Equal(listed, want) {
		t.Errorf("listed %d, want %d", listed, want)
	}
}
