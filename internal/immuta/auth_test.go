package immuta_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const exchange = "/bim/apikey/authenticate"

func token(c *immuta.Config) { c.Authentication = immuta.Token }

func TestFormsOfAuthentication(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		form      immuta.Authentication
		header    string
		exchanges int
	}{
		{"", fake.DefaultAPIKey, 0},
		{immuta.APIKey, fake.DefaultAPIKey, 0},
		{immuta.Bearer, "Bearer " + fake.DefaultAPIKey, 0},
		{immuta.Token, "Bearer session-0-of-17", 1},
	} {
		inParallel(t, string(test.form), func(t *testing.T) {
			tenant, client, id := withSource(t, func(c *immuta.Config) { c.Authentication = test.form })
			for range 2 {
				_, err := client.Source(t.Context(), id)
				wantNoError(t, err)
			}
			for _, request := range tenant.Journal().Filter("GET", "") {
				wantEqual(t, "Authorization", request.Header.Get("Authorization"), test.header)
			}
			wantCount(t, tenant, "POST", exchange, test.exchanges)
			for _, request := range tenant.Journal().Filter("POST", exchange) {
				wantEqual(t, "Authorization of the exchange", request.Header.Get("Authorization"), "")
			}
		})
	}
}

// parallel runs a function n times at once and returns what failed.
func parallel(n int, run func(i int) error) error {
	failures := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { failures[i] = run(i) })
	}
	group.Wait()
	return errors.Join(failures...)
}

func TestOneExchangeServesManyCallers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, token)
		release := make(chan struct{})
		tenant.Before("POST", exchange, func(*fake.Request) { <-release })
		ids := make([]int64, 20)
		for i := range ids {
			ids[i] = addSource(tenant)
		}
		go func() {
			synctest.Wait()
			close(release)
		}()
		wantNoError(t, parallel(len(ids), func(i int) error {
			_, err := client.Source(t.Context(), ids[i])
			return err
		}))
		wantCount(t, tenant, "POST", exchange, 1)
	})
}

func TestExpiredSessionIsRenewedOnceForAll(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token)
	ids := make([]int64, 20)
	for i := range ids {
		ids[i] = addSource(tenant)
	}
	_, err := client.Source(t.Context(), ids[0])
	wantNoError(t, err)
	tenant.ExpireSessions()
	wantNoError(t, parallel(len(ids), func(i int) error {
		_, err := client.Source(t.Context(), ids[i])
		return err
	}))
	wantCount(t, tenant, "POST", exchange, 2)
}

// A refusal of the token before says nothing of the one that another caller has renewed meanwhile.
func TestLateRefusalDoesNotDropTheRenewedSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, token)
		slow, quick := addSource(tenant), addSource(tenant)
		_, err := client.Source(t.Context(), slow)
		wantNoError(t, err)
		tenant.ExpireSessions()
		release := block(tenant, "GET")
		late := make(chan error, 1)
		go func() { _, err := client.Source(t.Context(), slow); late <- err }()
		synctest.Wait()
		_, err = client.Source(t.Context(), quick)
		wantNoError(t, err)
		release()
		wantNoError(t, <-late)
		wantCount(t, tenant, "POST", exchange, 2)
	})
}

func TestExpiredSessionIsRenewedForEveryMethod(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token, retries(0))
	ctx := t.Context()
	created, err := client.CreateSource(ctx, "snowflake", creation("Orders"))
	wantNoError(t, err)
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"PUT", func() error {
			_, err := client.UpdateSource(ctx, created.DataSourceID, immuta.Settings{"description": "x"})
			return err
		}},
		{"GET", func() error { _, err := client.Source(ctx, created.DataSourceID); return err }},
		{"DELETE", func() error { _, err := client.DeleteSource(ctx, created.DataSourceID); return err }},
		{"POST", func() error { _, err := client.CreateSource(ctx, "snowflake", creation("Orders")); return err }},
	} {
		tenant.ExpireSessions()
		if err := step.run(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	wantEqual(t, "sources", len(tenant.Sources()), 1)
}

func TestLasting401EndsAfterOneRenewal(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token)
	tenant.Fault(fake.Fault{Method: "GET", Status: http.StatusUnauthorized, Times: fake.Always})
	_, err := client.Source(t.Context(), 100)
	wantStatus(t, err, http.StatusUnauthorized)
	wantCount(t, tenant, "POST", exchange, 2)
	wantCount(t, tenant, "GET", "", 2)
}

func TestRefusedKeyIsNotExchangedAgain(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token, func(c *immuta.Config) { c.APIKey = "wrong-key" })
	_, err := client.Source(t.Context(), 100)
	wantStatus(t, err, http.StatusUnauthorized)
	if !strings.HasPrefix(err.Error(), "POST "+exchange+": 401 Unauthorized: ") {
		t.Errorf("unexpected text: %v", err)
	}
	wantEqual(t, "requests", len(tenant.Journal()), 1)
}

func TestOnlyTokensAreRenewed(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	tenant.Fault(fake.Fault{Status: http.StatusUnauthorized})
	_, err := client.Source(t.Context(), 100)
	wantStatus(t, err, http.StatusUnauthorized)
	wantCount(t, tenant, "", "", 1)
}

func TestExchangeWithoutTokenIsUnreadable(t *testing.T) {
	t.Parallel()
	client := connect(t, replies(`{"authenticated": true}`), token)
	_, err := client.SessionToken(t.Context())
	if e := wantUnreadable(t, err); e.Reason != "it holds no token" {
		t.Errorf("unexpected reason %q", e.Reason)
	}
}

func TestExchangeIsRetriedAndNeedsNoSecondSlot(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token, func(c *immuta.Config) { c.MaxConcurrentRequests = 1 })
	tenant.Fault(fake.Fault{Path: exchange, Reset: true})
	_, err := client.CurrentUser(t.Context())
	wantNoError(t, err)
	wantCount(t, tenant, "POST", exchange, 2)
}

func TestCallerNeedNotWaitForAnExchange(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]struct {
		path string
		run  func(context.Context, *immuta.Client) error
	}{
		"token": {exchange, func(ctx context.Context, c *immuta.Client) error { _, err := c.SessionToken(ctx); return err }},
		"user": {"/bim/rpc/user/current", func(ctx context.Context, c *immuta.Client) error {
			_, err := c.CurrentUser(ctx)
			return err
		}},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client := start(t, token)
			release := make(chan struct{})
			tenant.Before("", call.path, func(*fake.Request) { <-release })
			patient := make(chan error, 1)
			go func() { patient <- call.run(t.Context(), client) }()
			synctest.Wait()

			reason := errors.New("the user pressed Ctrl+C")
			ctx, cancel := context.WithCancelCause(t.Context())
			hasty := make(chan error, 1)
			go func() { hasty <- call.run(ctx, client) }()
			synctest.Wait()
			cancel(reason)
			synctest.Wait()
			select {
			case err := <-hasty:
				if e := wantNoAnswer(t, err); !errors.Is(e, reason) {
					t.Errorf("got %v", err)
				}
			default:
				t.Error("the canceled caller still waits")
			}
			close(release)
			wantNoError(t, <-patient)
			wantCount(t, tenant, "", call.path, 1)
		})
	}
}
