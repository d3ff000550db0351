package immuta_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// list is a list that comes in pages, with a few hundred rows.
type list struct {
	path string // as in a fault
	read func(ctx context.Context, c *immuta.Client) (rows []string, unsettled bool, err error)
}

const many = 210

// lists fills a tenant.
func lists(tenant *fake.Tenant) map[string]list {
	id := 0
	for range many {
		id = tenant.AddSource(fake.SourceSpec{})
	}
	for i := range many - 1 { // besides the owner and the creation
		tenant.AddMember(id, fake.Member{GroupID: tenant.AddGroup(fmt.Sprintf("Group %d", i))})
		tenant.AddActivity(id, fake.Activity{NotificationType: "modelUpdated"})
	}
	for range many {
		tenant.AddTask(fake.Task{SourceID: id, RequesterID: fake.DefaultProfileID})
	}
	source, path := int64(id), fmt.Sprintf("/dataSource/%d", id)
	return map[string]list{
		"search": {"/dataSource", func(ctx context.Context, c *immuta.Client) ([]string, bool, error) {
			got, err := c.FindSources(ctx, immuta.Search{}, 0)
			return namesOfRows(got.Items, func(r immuta.SourceRow) any { return r.ID }), got.Unsettled, err
		}},
		"search, streamed": {"/dataSource", func(ctx context.Context, c *immuta.Client) (rows []string, unsettled bool, err error) {
			for row, err := range c.SearchSources(ctx, immuta.Search{}) {
				if err != nil {
					return nil, false, err
				}
				rows = append(rows, fmt.Sprint(row.ID))
			}
			return rows, false, nil
		}},
		"members": {path + "/access", func(ctx context.Context, c *immuta.Client) (rows []string, unsettled bool, err error) {
			for m, err := range c.Members(ctx, source) {
				if err != nil {
					return nil, false, err
				}
				rows = append(rows, m.Grantee().String())
			}
			return rows, false, nil
		}},
		"activities": {path + "/activities", func(ctx context.Context, c *immuta.Client) ([]string, bool, error) {
			got, err := c.Activities(ctx, source, 0)
			return namesOfRows(got.Items, func(a immuta.Activity) any { return a.ID }), got.Unsettled, err
		}},
		"tasks": {path + "/tasks", func(ctx context.Context, c *immuta.Client) ([]string, bool, error) {
			got, err := c.FindTasks(ctx, source, immuta.TaskSearch{}, 0)
			return namesOfRows(got.Items, func(r immuta.TaskRow) any { return r.ID }), got.Unsettled, err
		}},
		"pending tasks": {"/dataSource/tasks/pending", func(ctx context.Context, c *immuta.Client) ([]string, bool, error) {
			got, err := c.PendingTasks(ctx, immuta.PendingSearch{})
			return namesOfRows(got.Outgoing.Rows, func(r immuta.PendingTask) any { return r.ID }), false, err
		}},
	}
}

func namesOfRows[T any](rows []T, key func(T) any) (names []string) {
	for _, row := range rows {
		names = append(names, fmt.Sprint(key(row)))
	}
	return names
}

func TestEveryRowComesOnce(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{
		"pages as asked for": nil, "no counts": {fake.WithoutCounts()}, "texts for numbers": {fake.WithNumericStrings()},
		"small pages": {fake.WithPageCap(37)}, "small pages, no counts": {fake.WithPageCap(37), fake.WithoutCounts()},
		"a row at a time": {fake.WithPageCap(1), fake.WithoutCounts()},
	} {
		tenant := fake.New(options...)
		for list, l := range lists(tenant) {
			inParallel(t, name+"/"+list, func(t *testing.T) {
				rows, unsettled, err := l.read(t.Context(), connect(t, tenant))
				wantNoError(t, err)
				slices.Sort(rows)
				if n := len(rows); n != many || len(slices.Compact(rows)) != many || unsettled {
					t.Errorf("%d rows, %d of them different, unsettled %t; want %d", n, len(slices.Compact(rows)), unsettled, many)
				}
			})
		}
	}
}

func TestPagesThatComeAgain(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{
		"counts": nil, "no counts": {fake.WithoutCounts()}, "small pages": {fake.WithPageCap(37)},
		"small pages, no counts": {fake.WithPageCap(37), fake.WithoutCounts()},
	} {
		for list := range lists(fake.New()) {
			inParallel(t, name+"/"+list, func(t *testing.T) {
				tenant := fake.New(append(options, fake.WithRepeatedPages())...)
				l := lists(tenant)[list]
				_, _, err := l.read(t.Context(), connect(t, tenant))
				_ = wantAs[*immuta.IgnoredParameterError](t, err)
				wantCount(t, tenant, "GET", l.path, 2)
			})
		}
	}
}

// Rows that come twice make a list look complete that is not.
func TestRowsThatComeTwice(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{"counts": nil, "no counts": {fake.WithoutCounts()}} {
		tenant := fake.New(options...)
		tenant.Fault(fake.Fault{Method: "GET", Times: fake.Always, Duplicate: true})
		all := lists(tenant)
		for _, list := range []string{"search", "activities", "tasks"} {
			inParallel(t, name+"/"+list, func(t *testing.T) {
				rows, unsettled, err := all[list].read(t.Context(), connect(t, tenant))
				wantNoError(t, err)
				slices.Sort(rows)
				if len(slices.Compact(rows)) != len(rows) || !unsettled {
					t.Errorf("%d rows, unsettled %t", len(rows), unsettled)
				}
			})
		}
	}
	inParallel(t, "a member who is not there", func(t *testing.T) {
		tenant, source, profiles := crowd(5)
		tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/*/access", Times: fake.Always, Duplicate: true})
		tenant.Configure(fake.WithPageCap(3))
		client := connect(t, tenant)
		_, found, err := client.Member(t.Context(), source, immuta.Grantee{ProfileID: profiles[0]}, 0)
		if !found || err != nil {
			t.Errorf("who is there: %t, %v", found, err)
		}
		_, _, err = client.Member(t.Context(), source, immuta.Grantee{ProfileID: 1}, 0)
		_ = wantAs[*immuta.UnsettledError](t, err)
	})
}

// From an answer without a list, nothing follows, least of all that there is nothing.
func TestListsThatAreNone(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	for list, l := range lists(tenant) {
		broken := append(fake.BrokenAnswers(), fake.Fault{Name: "an array", Status: 200, Body: "[]"},
			fake.Fault{Name: "a text", Status: 200, Body: `"hits"`})
		for _, fault := range broken {
			inParallel(t, list+"/"+fault.Name, func(t *testing.T) {
				tenant := fake.New()
				fault.Times = fake.Always
				tenant.Fault(fault)
				rows, _, err := l.read(t.Context(), connect(t, tenant, retries(2)))
				if e := wantAs[*immuta.UnreadableError](t, err); e.Request != "GET "+l.path || rows != nil {
					t.Errorf("%d rows and %v", len(rows), err)
				}
				wantCount(t, tenant, "GET", l.path, 3)
				// It may pass.
				tenant.ClearFaults()
				lists(tenant)
				fault.Times = 2
				tenant.Fault(fault)
				if rows, _, err := l.read(t.Context(), connect(t, tenant, retries(2))); err != nil || len(rows) != many {
					t.Errorf("%d rows and %v", len(rows), err)
				}
			})
		}
	}
}
