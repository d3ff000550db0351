package immuta_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const exchange = "/bim/apikey/authenticate"

var forms = []immuta.Authentication{immuta.APIKey, immuta.Bearer, immuta.Token}

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
				wantNoError(t, read(t.Context(), client, id))
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

func TestOneExchangeServesManyCallers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, token)
		hold(tenant, "POST", exchange)
		ids := addSources(tenant, 20)
		for exchanges := range 2 {
			wantNoError(t, parallel(len(ids), func(i int) error { return read(t.Context(), client, ids[i]) }))
			wantCount(t, tenant, "POST", exchange, exchanges+1)
			tenant.ExpireSessions() // which is noticed by all of them
		}
	})
}

// A refusal of the token before says nothing of the one that another caller has renewed meanwhile.
func TestLateRefusalDoesNotDropTheRenewedSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client, slow := withSource(t, token)
		quick := addSource(tenant)
		wantNoError(t, read(t.Context(), client, slow))
		tenant.ExpireSessions()
		release := block(tenant, "GET")
		late := inBackground(func() error { return read(t.Context(), client, slow) })
		wantNoError(t, read(t.Context(), client, quick))
		release()
		wantNoError(t, <-late)
		wantCount(t, tenant, "POST", exchange, 2)
	})
}

func TestExpiredSessionIsRenewedForEveryMethod(t *testing.T) {
	t.Parallel()
	for method, send := range once {
		tenant, client, id := withSource(t, token, retries(0))
		wantNoError(t, read(t.Context(), client, id))
		tenant.ExpireSessions()
		if err := send(t.Context(), client, id); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		wantCount(t, tenant, "POST", exchange, 2)
	}
}

func TestLasting401EndsAfterOneRenewal(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token)
	tenant.Fault(fake.Fault{Method: "GET", Status: http.StatusUnauthorized, Times: fake.Always})
	wantStatus(t, read(t.Context(), client, 100), http.StatusUnauthorized)
	wantCount(t, tenant, "POST", exchange, 2)
	wantCount(t, tenant, "GET", "/dataSource/100", 2)
}

func TestRefusedKeyIsNotExchangedAgain(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, token, func(c *immuta.Config) { c.APIKey = "wrong-key" })
	_, err := client.Source(t.Context(), 100)
	wantStatus(t, err, http.StatusUnauthorized)
	wantSaid(t, err, "POST "+exchange+": 401 Unauthorized: ")
	wantEqual(t, "requests", len(tenant.Journal()), 1)
}

func TestOnlyTokensAreRenewed(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	tenant.Fault(fake.Fault{Status: http.StatusUnauthorized})
	wantStatus(t, read(t.Context(), client, 100), http.StatusUnauthorized)
	wantCount(t, tenant, "", "/dataSource/100", 1)
	wantCount(t, tenant, "POST", "", 0)
}

func TestExchangeWithoutTokenIsUnreadable(t *testing.T) {
	t.Parallel()
	client := connect(t, replies(`{"authenticated": true}`), token)
	_, err := client.SessionToken(t.Context())
	if e := wantAs[*immuta.UnreadableError](t, err); e.Reason != "it holds no token" {
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
			patient := inBackground(func() error { return call.run(t.Context(), client) })
			ctx, cancel := context.WithCancelCause(t.Context())
			hasty := inBackground(func() error { return call.run(ctx, client) })
			cancel(errStopped)
			synctest.Wait()
			select {
			case err := <-hasty:
				if e := wantAs[*immuta.NoAnswerError](t, err); !errors.Is(e, errStopped) {
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
