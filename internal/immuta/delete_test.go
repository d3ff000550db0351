package immuta_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// deletionFaults are the ways in which a request can go wrong, before and after it takes effect.
var deletionFaults = []fake.Fault{
	{Name: "reset before", Reset: true},
	{Name: "reset after", Reset: true, When: fake.After},
	{Name: "hang before", Hang: true},
	{Name: "hang after", Hang: true, When: fake.After},
	{Name: "500 before", Status: 500},
	{Name: "500 after", Status: 500, When: fake.After},
	{Name: "502 after", Status: 502, When: fake.After},
	{Name: "429 before", Status: 429, RetryAfter: "1"},
	{Name: "429 after", Status: 429, When: fake.After},
	{Name: "503 before", Status: 503, RetryAfter: "1"},
	{Name: "HTML before", HTML: true},
	{Name: "HTML after", HTML: true, When: fake.After},
	{Name: "truncated", Truncate: true},
	{Name: "half a JSON", Status: 200, Body: `{"disabled": tr`, When: fake.After},
	{Name: "nothing after", Status: 200, Body: " ", When: fake.After},
	{Name: "nothing before", Status: 200, Body: " "},
}

// wantLooks fails if a DELETE followed another one whose outcome was in doubt, without a look in between.
func wantLooks(t *testing.T, tenant *fake.Tenant) {
	t.Helper()
	doubt := false
	for _, request := range tenant.Journal() {
		switch request.Method {
		case "GET":
			doubt = doubt && (request.Fault != "" || request.Status != 200)
		case "DELETE":
			if doubt {
				t.Errorf("a DELETE without a look after doubt: %q", tenant.Journal().Lines())
			}
			doubt = request.Fault != ""
		}
	}
}

// forEachFault runs a test for each fault at each of the first requests of a deletion, and for each pair of them.
func forEachFault(t *testing.T, run func(t *testing.T, faults ...fake.Fault)) {
	at := func(n int, fault fake.Fault) fake.Fault {
		fault.Skip = n
		return fault
	}
	for n := range 3 {
		for _, first := range deletionFaults {
			inParallel(t, fmt.Sprintf("%s at %d", first.Name, n), func(t *testing.T) {
				run(t, at(n, first))
			})
			for _, second := range deletionFaults {
				inParallel(t, fmt.Sprintf("%s at %d, then %s", first.Name, n, second.Name), func(t *testing.T) {
					run(t, at(n, first), at(n, second)) // The second fault meets the request after.
				})
			}
		}
	}
}

func TestDeletionConvergesWhateverGoesWrong(t *testing.T) {
	t.Parallel()
	forEachFault(t, func(t *testing.T, faults ...fake.Fault) {
		for name, adjusts := range map[string][]adjust{"": nil, "without retries": {retries(0)}} {
			synctest.Test(t, func(t *testing.T) {
				tenant, client, id := withSource(t, adjusts...)
				for _, fault := range faults {
					tenant.Fault(fault)
				}
				_, err := client.DeleteSource(t.Context(), id)
				wantLooks(t, tenant)
				if err != nil && adjusts == nil && !failsReads(faults[1:]) {
					t.Errorf("%v, after %q", err, tenant.Journal().Lines())
				}
				if _, there := tenant.Source(int(id)); there && err == nil {
					t.Errorf("%s: the source is there, and the deletion says nothing", name)
				}
				tenant.ClearFaults()
				_, err = client.DeleteSource(t.Context(), id)
				wantNoError(t, err)
				if _, there := tenant.Source(int(id)); there {
					t.Errorf("%s: the source is still there after a second deletion", name)
				}
			})
		}
	})
}

// failsReads tells whether a fault is among them after which a GET is not repeated: then the look cannot be had.
func failsReads(faults []fake.Fault) bool {
	for _, fault := range faults {
		if fault.HTML || fault.Status == 500 || fault.Status == 200 {
			return true
		}
	}
	return false
}

func TestDeletionTakesNoMoreRequestsThanItNeeds(t *testing.T) {
	t.Parallel()
	// That it is gone, its own answer and the listing have to say.
	const del, look, list = "DELETE /dataSource/100", "GET /dataSource/100", "GET /dataSource"
	for name, test := range map[string]struct {
		options []fake.Option
		prepare func(*fake.Tenant)
		want    []string
	}{
		"live":                     {want: []string{del, del}},
		"disabled":                 {prepare: func(tenant *fake.Tenant) { tenant.Disable(100) }, want: []string{del}},
		"gone":                     {prepare: func(tenant *fake.Tenant) { tenant.Destroy(100) }, want: []string{del, look, list}},
		"live, on an older server": {options: []fake.Option{fake.WithoutHardDelete()}, want: []string{del, del, look, list}},
		"disabled, on an older server": {options: []fake.Option{fake.WithoutHardDelete()},
			prepare: func(tenant *fake.Tenant) { tenant.Disable(100) }, want: []string{del, del, look, list}},
		"answer of the first lost": {prepare: func(tenant *fake.Tenant) {
			tenant.Fault(fake.Fault{Reset: true, When: fake.After})
		}, want: []string{del, look, del}},
		"answer of the second lost": {prepare: func(tenant *fake.Tenant) {
			tenant.Fault(fake.Fault{Skip: 1, Reset: true, When: fake.After})
		}, want: []string{del, del, look, list}},
		"deleted by somebody else meanwhile": {prepare: func(tenant *fake.Tenant) {
			tenant.After("DELETE", "", func(*fake.Request) {
				if _, there := tenant.Source(100); there {
					tenant.Destroy(100)
				}
			})
		}, want: []string{del, del, look, list}},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant := fake.New(test.options...)
			client := connect(t, tenant, retries(0)) // The two that it takes are no retries, and neither is a look.
			if got := tenant.AddSource(fake.SourceSpec{}); got != 100 {
				t.Fatalf("the source is %d", got)
			}
			if test.prepare != nil {
				test.prepare(tenant)
			}
			_, err := client.DeleteSource(t.Context(), 100)
			wantNoError(t, err)
			wantEqual(t, "the requests", tenant.Journal().Lines(), test.want)
			if _, there := tenant.Source(100); there {
				t.Error("the source is still there")
			}
		})
	}
}

func TestDeletionThatWasRefused(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"forbidden":     {Status: 403, Message: "Owners only."},
		"bad request":   {Status: 400},
		"redirect":      {Status: 302, Header: http.Header{"Location": {"https://sso.test/"}}},
		"a foreign 404": {Status: 404, HTML: true},
	} {
		for n := range 2 {
			inParallel(t, fmt.Sprintf("%s at %d", name, n), func(t *testing.T) {
				tenant, client, id := withSource(t)
				later := fault
				later.Skip = n
				tenant.Fault(later)
				_, err := client.DeleteSource(t.Context(), id)
				wantStatus(t, err, fault.Status)
				wantCount(t, tenant, "DELETE", "", n+1)
				if source, there := tenant.Source(int(id)); !there || source.Deleted != (n == 1) {
					t.Errorf("there: %t, disabled: %t", there, source.Deleted)
				}
			})
		}
	}
}

func TestDeletionIsNotRepeatedForever(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*fake.Tenant)
		text    string
	}{
		"that fails": {func(tenant *fake.Tenant) {
			tenant.Fault(fake.Fault{Method: "DELETE", Status: 503, Times: fake.Always})
		}, "DELETE /dataSource/100: 503 Service Unavailable: Service Unavailable"},
		"that does nothing": {func(tenant *fake.Tenant) {
			tenant.Fault(fake.Fault{Method: "DELETE", Status: 200, Body: `{"success": true}`, Times: fake.Always})
		}, "data source 100 still exists after 3 requests to delete it"},
		"that disables and never destroys": {func(tenant *fake.Tenant) {
			tenant.Fault(fake.Fault{Skip: 1, Method: "DELETE", Status: 200, Body: `{"disabled": true}`, Times: fake.Always})
		}, "data source 100 still exists after 4 requests to delete it"},
		"that somebody undoes": {func(tenant *fake.Tenant) {
			tenant.Configure(fake.WithoutHardDelete())
			tenant.Before("DELETE", "", func(*fake.Request) { tenant.Restore(100) })
		}, "still exists after"},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := start(t, retries(2))
			tenant.AddSource(fake.SourceSpec{})
			test.prepare(tenant)
			_, err := client.DeleteSource(t.Context(), 100)
			wantSaid(t, err, test.text)
			if got := tenant.Journal().Count("DELETE", ""); got < 3 || got > 8 {
				t.Errorf("%d DELETEs", got)
			}
			wantLooks(t, tenant)
		})
	}
}

func TestDeletionSaysThatItCouldNotLook(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		text  string
	}{
		"after a lost answer": {
			fake.Fault{Method: "DELETE", Status: 502, When: fake.After},
			"DELETE /dataSource/100: 502 Bad Gateway: Bad Gateway; " +
				"what became of data source 100 could not be looked up: GET /dataSource/100: 403 Forbidden: Forbidden",
		},
		"after an empty answer": {
			fake.Fault{Method: "DELETE", Status: 200, Body: "{}", When: fake.After},
			"what became of data source 100 could not be looked up: GET /dataSource/100: 403 Forbidden: Forbidden",
		},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := start(t)
			tenant.AddSource(fake.SourceSpec{})
			tenant.Fault(test.fault)
			tenant.Fault(fake.Fault{Method: "GET", Status: 403})
			_, err := client.DeleteSource(t.Context(), 100)
			wantEqual(t, "the error", fmt.Sprint(err), test.text)
			wantCount(t, tenant, "DELETE", "", 1)
		})
	}
}

func TestDeletionPassesOnWhatImmutaSays(t *testing.T) {
	t.Parallel()
	const said = "The view could not be dropped with the key " + fake.DefaultAPIKey
	for name, fault := range map[string]fake.Fault{
		"":                                 {Status: 0},
		"when the second answer is lost":   {Method: "DELETE", Skip: 1, Reset: true, When: fake.After},
		"when the first answer is of HTML": {Method: "DELETE", HTML: true, When: fake.After},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			tenant.UpdateSource(int(id), func(s *fake.Source) { s.HandlerDeleteError = said })
			if name != "" {
				tenant.Fault(fault)
			}
			warning, err := client.DeleteSource(t.Context(), id)
			wantNoError(t, err)
			if want := "The view could not be dropped with the key ***"; warning != want {
				t.Errorf("the warning is %q, want %q", warning, want)
			}
		})
	}
}

func TestDeletionThatWasNotSentIsSentAgain(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t, retries(1))
	refuse := true
	client.SetTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
		if refuse {
			refuse = false
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		return inMemory{tenant}.RoundTrip(r)
	}))
	_, err := client.DeleteSource(t.Context(), id)
	wantNoError(t, err)
	wantCount(t, tenant, "DELETE", "", 2)
	wantCount(t, tenant, "GET", "", 0) // There was no doubt.
}

func TestCancelledDeletionStillLooks(t *testing.T) {
	t.Parallel()
	for name, destroyed := range map[string]bool{"disabled": false, "destroyed": true} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			if destroyed {
				tenant.Disable(int(id))
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			tenant.After("DELETE", "", func(*fake.Request) { cancel(errStopped) })
			tenant.Fault(fake.Fault{Method: "DELETE", Reset: true, When: fake.After})
			_, err := client.DeleteSource(ctx, id)
			if destroyed {
				wantNoError(t, err)
			} else if err == nil {
				t.Error("a source that is only disabled is said to be deleted")
			}
			wantCount(t, tenant, "DELETE", "", 1)
			wantCount(t, tenant, "GET", "/dataSource/*", 1)
		})
	}
}

// A tenant that does not know the exchange says nothing about sources.
func TestFailedExchangeIsNotAboutTheSource(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 409, 500, 429} {
		for method, send := range once {
			inParallel(t, fmt.Sprint(method, status), func(t *testing.T) {
				tenant, client, id := withSource(t, token, retries(0))
				tenant.Fault(fake.Fault{Path: exchange, Status: status, Message: "already exists", Times: fake.Always})
				err := send(t.Context(), client, id)
				wantStatus(t, err, status)
				if immuta.IsNotFound(err) || immuta.IsTaken(err) || immuta.IsUncertain(err) {
					t.Errorf("not found %t, taken %t, uncertain %t: %v", immuta.IsNotFound(err), immuta.IsTaken(err), immuta.IsUncertain(err), err)
				}
				wantCount(t, tenant, "*", "/dataSource/**", 0)
				wantCount(t, tenant, "*", "/snowflake/**", 0)
			})
		}
	}
}

// What is canceled during the exchange was not sent either.
func TestRequestCancelledDuringTheExchangeWasNotSent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, token, timeout(time.Hour))
		tenant.Fault(fake.Fault{Path: exchange, Hang: true})
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errStopped) })
		_, err := client.CreateSource(ctx, "snowflake", creation("Orders"))
		wantNotSent(t, err)
		wantSaid(t, err, errStopped.Error())
	})
}
