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

// ResetJournal is a plan check that passes. Before an apply it forgets the refresh, so that [Env.ExpectCalls] sees what the
// apply itself asks.
func (e *Env) ResetJournal() plancheck.PlanCheck { return resetJournal{e} }

type resetJournal struct{ env *Env }

func (r resetJournal) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	r.env.Tenant.ResetJournal()
}

// ExpectCalls is a state check of what the tenant was asked since [Env.ResetJournal], as [Calls] writes it,
// in whatever order its reads are.
func (e *Env) ExpectCalls(want []string) statecheck.StateCheck {
	return expectCalls{e, SortReads(want)}
}

type expectCalls struct {
	env  *Env
	want []string
}

func (c expectCalls) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if got := Calls(c.env.Tenant.Journal()); !slices.Equal(got, c.want) {
		resp.Error = fmt.Errorf("the apply sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
	}
}

// ExpectRequests is a state check, and a plan check, of how many requests the tenant got since it was last asked: for
// configurations too large to list them.
func (e *Env) ExpectRequests(want int) RequestCount { return RequestCount{e, want} }

// RequestCount is what [Env.ExpectRequests] returns.
type RequestCount struct {
	env  *Env
	want int
}

// CheckState implements [statecheck.StateCheck].
func (c RequestCount) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = c.check()
}

// CheckPlan implements [plancheck.PlanCheck].
func (c RequestCount) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c.check()
}

func (c RequestCount) check() error {
	got := len(c.env.Tenant.Journal())
	c.env.Tenant.ResetJournal()
	if got != c.want {
		return fmt.Errorf("%d requests, want %d", got, c.want)
	}
	return nil
}
