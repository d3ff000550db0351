package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Whatever stands between could take such a name for a step in the path, escaped or not.
func TestStepsInPathsAreNeverSent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		".", "..", "../admin", "a/../b", "a/..", "./a", "..\\a", "..;x/a", "%2e%2e", "%2E.", "%252e%252e", "..%2fa", "a%2f%2e%2e%2fb",
		"%zz/%2e%2e",
	} {
		tenant, client := start(t, timeout(time.Second))
		calls := map[string]error{}
		_, calls["name"] = client.SourceByName(t.Context(), name)
		_, calls["table"] = client.SourceBySQLTable(t.Context(), name)
		_, calls["column"] = client.Unmaskers(t.Context(), 100, name)
		_, _, calls["blob"] = client.BlobContent(t.Context(), 100, name, 10)
		calls["blob deletion"] = client.DeleteBlob(t.Context(), 100, name)
		calls["account"] = client.DeleteSQLAccount(t.Context(), name)
		_, calls["tag"] = client.RemoveSourceTags(t.Context(), 100, []immuta.TagKey{{Name: name}})
		_, calls["bucket"] = client.BucketLocation(t.Context(), name)
		_, calls["object"] = client.Object(t.Context(), "immuta", "folder", name, 10)
		_, calls["handler"] = client.CreateSource(t.Context(), name, nil)
		for call, err := range calls {
			if _, ok := errors.AsType[*immuta.UnsafePathError](err); !ok || immuta.IsUncertain(err) {
				t.Errorf("%s %q: %v", call, name, err)
			}
		}
		if lines := tenant.Journal().Lines(); len(lines) > 0 {
			t.Errorf("%q: %q", name, lines)
		}
	}
}

func TestSourceIsFoundByAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Orders", "Sales Orders", "a/b", "/", "50%", "%2F", "%zz", "a+b&c=d", "what?", "#1", `"quoted"`, "'single'",
		"Bestellungen für Zürich", "订单", "🙂", "...", ". .", "..x/x..", ".hidden", "a;b", "a\\b", "line\nbreak", "trailing ",
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant := fake.New()
			// Nothing is tidied up on the way: neither by a real server nor by a client's library.
			client := serve(t, tenant)
			id := int64(tenant.AddSource(fake.SourceSpec{Name: name}))
			tenant.UpdateSource(int(id), func(s *fake.Source) { s.SQLTableName = name })
			byName, err := client.SourceByName(t.Context(), name)
			wantNoError(t, err)
			byTable, err := client.SourceBySQLTable(t.Context(), name)
			wantNoError(t, err)
			if int64(byName.ID) != id || int64(byTable.ID) != id || string(byName.Name) != name {
				t.Errorf("found %d and %d, want %d", byName.ID, byTable.ID, id)
			}
			for _, request := range tenant.Journal() {
				// Whatever stands in between takes dots for steps, and slashes for more segments.
				if last := request.EscapedPath[strings.LastIndexByte(request.EscapedPath, '/')+1:]; last == "." || last == ".." ||
					strings.Count(request.EscapedPath, "/") != 3 {
					t.Errorf("the path is %s", request.EscapedPath)
				}
			}
			_, err = client.SourceByName(t.Context(), name+"x")
			if !immuta.IsNotFound(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSourceIsReadWhateverItsForm(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{
		"as documented": nil, "arrays": {fake.WithArrays()}, "texts": {fake.WithNumericStrings()}, "empty texts": {fake.WithEmptyTexts()},
		"all keys": {fake.WithUnlistedKeys()},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant := fake.New(options...)
			id := tenant.AddSource(fake.SourceSpec{Name: "Orders", Deleted: true})
			source, err := connect(t, tenant).Source(t.Context(), int64(id))
			wantNoError(t, err)
			if source.Name != "Orders" || !source.Deleted || source.CreatedBy != fake.DefaultProfileID || source.Technology != "Snowflake" {
				t.Errorf("unexpected source %+v", source)
			}
			if at, ok := immuta.ParseTime(string(source.CreatedAt)); !ok || !at.Equal(fake.Epoch) {
				t.Errorf("created at %s", source.CreatedAt)
			}
			if _, ok := source.Handler(); !ok {
				t.Error("no handler")
			}
		})
	}
}

func TestSettingsAreSentAlone(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	saved, err := client.UpdateSource(t.Context(), id, immuta.Settings{"description": "x", "expiration": nil})
	wantNoError(t, err)
	wantEqual(t, "the body", string(tenant.Journal()[0].Body), `{"description":"x","expiration":null}`)
	wantEqual(t, "the description", saved.Description.Get(), "x")
	tenant.Disable(int(id))
	wantNoError(t, client.RestoreSource(t.Context(), id))
	if source, _ := tenant.Source(int(id)); source.Deleted {
		t.Error("still disabled")
	}
}

func TestSavedRecordFillsWhatAReadLeavesOut(t *testing.T) {
	t.Parallel()
	_, client, id := withSource(t)
	saved, err := client.UpdateSource(t.Context(), id, immuta.Settings{"organization": "ACME", "category": nil, "private": true})
	wantNoError(t, err)
	read, err := client.Source(t.Context(), id)
	wantNoError(t, err)
	if read.Organization.Answered {
		t.Fatal("a read answers what this test needs it to leave out")
	}
	saved.Name = "of the saved record"
	full := read.WithWriteOnlyKeys(saved)
	if full.Organization.Get() != "ACME" || !full.Category.Answered || !bool(full.Private.Get()) || !full.HasExamples.Answered {
		t.Errorf("unexpected record %+v", full)
	}
	if full.Name == saved.Name {
		t.Error("what was read is overwritten")
	}
}

func TestDisableSource(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options []fake.Option
		already bool
		fault   fake.Fault
		reads   int // of the source
	}{
		"at once":                     {reads: 1},
		"by a job that takes a while": {options: []fake.Option{fake.WithJobDelay(5)}, reads: 3},
		"with numbers for ids": {options: []fake.Option{fake.WithJobDelay(2), fake.WithNumericBulkIDs(), fake.WithNumericStrings()},
			reads: 2},
		"where jobs cannot be asked for": {options: []fake.Option{fake.WithJobDelay(4), fake.WithoutJobList()}, reads: 3},
		"where asking for jobs fails": {
			options: []fake.Option{fake.WithJobDelay(4)}, fault: fake.Fault{Path: "/jobs", Status: 500, Times: fake.Always}, reads: 3,
		},
		"where jobs are a page": {
			options: []fake.Option{fake.WithJobDelay(4)}, fault: fake.Fault{Path: "/jobs", HTML: true, Times: fake.Always}, reads: 3,
		},
		"where no bulk id is answered": {
			options: []fake.Option{fake.WithJobDelay(4)},
			fault:   fake.Fault{Method: "PUT", Status: 200, Body: `{"jobsCreated": 1}`, When: fake.After}, reads: 4,
		},
		"already":              {already: true, reads: 1},
		"whose answer is lost": {fault: fake.Fault{Method: "PUT", Reset: true, When: fake.After}, reads: 1},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := startWith(t, test.options)
			id := addSource(tenant)
			if test.already {
				tenant.Disable(int(id))
			}
			if test.fault.Method+test.fault.Path != "" {
				tenant.Fault(test.fault)
			}
			source, err := client.DisableSource(t.Context(), id)
			wantNoError(t, err)
			if int64(source.ID) != id || !source.Deleted {
				t.Errorf("unexpected source %+v", source)
			}
			if left, ok := tenant.Source(int(id)); !ok || !left.Deleted {
				t.Error("the source is not disabled, but live or gone")
			}
			wantCount(t, tenant, "GET", "/dataSource/*", test.reads)
			wantCount(t, tenant, "DELETE", "", 0)
		})
	}
}

func TestDisableSourceReportsAFailedJob(t *testing.T) {
	t.Parallel()
	tenant, client := startWith(t, []fake.Option{fake.WithJobDelay(1)})
	id := addSource(tenant)
	tenant.FailJob(int(id), "Snowflake refuses the key "+fake.DefaultAPIKey)
	_, err := client.DisableSource(t.Context(), id)
	want := "job 5e0c0000-0000-4000-8000-000000000001 of Immuta failed: Snowflake refuses the key ***"
	wantEqual(t, "the error", fmt.Sprint(err), want)
	tenant.FailJob(int(id), "Snowflake refuses session-0-of-17")
	_, err = connect(t, tenant, token).DisableSource(t.Context(), id)
	wantSaid(t, err, " failed: Snowflake refuses ***")
	tenant.FailJob(int(id), "")
	_, err = client.DisableSource(t.Context(), id)
	wantSaid(t, err, " failed: no output")
}

func TestDisableSourceThatIsRefused(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	tenant.Fault(fake.Fault{Status: 403})
	_, err := client.DisableSource(t.Context(), id)
	wantStatus(t, err, 403)
	wantCount(t, tenant, "", "", 1)
	if _, err := client.DisableSource(t.Context(), id+1); !immuta.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestDisableSourceWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]bool{"deadline": false, "cancellation": true} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t, realWaits)
			ctx, cancel := context.WithCancelCause(within(t, time.Hour))
			cause := errStopped
			if stop {
				time.AfterFunc(10*time.Minute, func() { cancel(errStopped) })
			} else {
				ctx, cause = within(t, 10*time.Minute), errLate
			}
			defer cancel(nil)
			tenant.HoldJobs()
			begin := time.Now()
			_, err := client.DisableSource(ctx, id)
			if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "data source ") ||
				!strings.Contains(err.Error(), " is not disabled yet: ") {
				t.Errorf("got %v", err)
			}
			wantEqual(t, "the time it took", time.Since(begin), 10*time.Minute)
			// Polls are as far apart as attempts are.
			if got := tenant.Journal().Count("GET", "/dataSource/*"); got < 20 || got > 60 {
				t.Errorf("%d reads in ten minutes", got)
			}
		})
	}
}
