package acctest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Calls lists the requests of a journal, with a star for every id in them. GETs that follow one another are sorted, because
// some of them travel side by side.
func Calls(journal fake.Journal) []string {
	calls := journal.Lines()
	for i, call := range calls {
		calls[i] = id.ReplaceAllString(call, "/*")
	}
	return SortReads(calls)
}

var id = regexp.MustCompile(`/\d+`)

// SortReads sorts the GETs that follow one another.
func SortReads(calls []string) []string {
	calls = slices.Clone(calls)
	begin := 0
	for i, call := range calls {
		if !strings.HasPrefix(call, "GET ") {
			begin = i + 1
		}
		slices.Sort(calls[begin : i+1])
	}
	return calls
}

// A Check is a check of a plan or of a state that looks at the tenant instead.
type Check func() error

// CheckPlan implements [plancheck.PlanCheck].
func (c Check) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c()
}

// CheckState implements [statecheck.StateCheck].
func (c Check) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = c()
}

// ResetJournal passes. Before an apply it forgets the refresh, so that [Env.ExpectCalls] sees what the apply itself asks.
func (e *Env) ResetJournal() Check {
	return func() error {
		e.Tenant.ResetJournal()
		return nil
	}
}

// ExpectCalls checks what the tenant was asked since [Env.ResetJournal], as [Calls] writes it, in whatever order its reads are.
func (e *Env) ExpectCalls(want []string) Check {
	want = SortReads(want)
	return func() error {
		if got := Calls(e.Tenant.Journal()); !slices.Equal(got, want) {
			return fmt.Errorf("the apply sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		return nil
	}
}

// ExpectRequests checks how many requests the tenant got since it was last asked: for configurations too large to list them.
func (e *Env) ExpectRequests(want int) Check {
	return func() error {
		got := len(e.Tenant.Journal())
		e.Tenant.ResetJournal()
		if got != want {
			return fmt.Errorf("%d requests, want %d", got, want)
		}
		return nil
	}
}
