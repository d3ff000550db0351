package immuta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// job is one background job. States are active, cancelled, completed, created, expired, failed and retry (H). Nothing in it says
// which source it is about.
type job struct {
	ID     Text          `json:"id"`
	State  Text          `json:"state"`
	Output Lenient[Text] `json:"output"`
}

func (j job) failed() bool {
	return j.State == "failed" || j.State == "expired" || j.State == "cancelled"
}

func (j job) done() bool { return j.failed() || j.State == "completed" }

// jobs reads the jobs of a bulk operation: GET /jobs?bulkId= (H; that it answers an array is M). Tenants differ in how jobs are
// asked for: an answer that is no such array, as older ones give, has no jobs in it.
func (c *Client) jobs(ctx context.Context, bulkID string) ([]job, error) {
	if bulkID == "" {
		return nil, nil
	}
	r := request{method: http.MethodGet, path: "/jobs", query: url.Values{"bulkId": {bulkID}}, accept: "*/*"}
	a, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	var jobs Lenient[[]job]
	_ = json.Unmarshal(a.body, &jobs)
	return jobs.Get(), nil
}

// failures describes those of the jobs that failed.
func (c *Client) failures(jobs []job) []string {
	var failed []string
	for _, j := range jobs {
		if j.failed() {
			output := firstText(c.show(string(j.Output.Get())), "no output")
			failed = append(failed, fmt.Sprintf("job %s of Immuta %s: %s", c.showUpTo(string(j.ID), maxExcerpt), j.State, output))
		}
	}
	return failed
}

// failedJobs returns an error when a job of the bulk operation has failed. An answer that cannot be had or understood says
// nothing: whether the jobs are done shows in the sources.
func (c *Client) failedJobs(ctx context.Context, bulkID string) error {
	jobs, _ := c.jobs(ctx, bulkID)
	failed := c.failures(jobs)
	if failed == nil {
		return nil
	}
	return errors.New(cut(strings.Join(failed[:min(len(failed), maxFindings)], "\n"), maxMessage))
}

// Finished is what came of work in the background.
type Finished struct {
	// Jobs is how many jobs there were.
	Jobs int
	// Failed describes the jobs that failed, fit to be shown.
	Failed []string
}

// UntoldError means that Immuta does not tell, or not of every job, what became of work in the background. It may be done.
type UntoldError struct {
	// Err is why the jobs cannot be read; nil if they are not listed.
	Err error
}

func (e *UntoldError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the jobs cannot be followed: %v", e.Err)
	}
	return "the tenant does not list all jobs of the operation"
}

func (e *UntoldError) Unwrap() error { return e.Err }

// untoldAfter is how often jobs are asked for in vain, in growing intervals of half a minute together, before they count as
// not listed: a job may be listed late.
const untoldAfter = 6

// Await waits until all jobs are done. Report is told how many are, whenever that has changed. Jobs that are not listed are an
// [UntoldError]; what is known of the others is returned beside it, and beside the error of a context that has ended.
func (c *Client) Await(ctx context.Context, s Started, report func(done, all int)) (Finished, error) {
	all, told, vain := int(s.Jobs.Get()), 0, 0
	if s.Jobs.Value != nil && all == 0 {
		return Finished{}, nil
	}
	var finished Finished
	err := c.Poll(ctx, func(ctx context.Context) (bool, error) {
		jobs, err := c.jobs(ctx, s.BulkID)
		if err != nil && ctx.Err() == nil {
			err = &UntoldError{Err: err}
		}
		if err != nil {
			return false, err
		}
		done := 0
		for _, j := range jobs {
			if j.done() {
				done++
			}
		}
		all = max(all, len(jobs))
		finished = Finished{Jobs: all, Failed: c.failures(jobs)}
		if done > told {
			report(done, all)
			told, vain = done, 0
		}
		if done == len(jobs) && (done < all || done == 0) {
			vain++
		}
		if vain == untoldAfter || s.BulkID == "" {
			return false, &UntoldError{}
		}
		return done > 0 && done == all, nil
	})
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%d of %d jobs are done, and Immuta goes on with the others: %w", told, all, context.Cause(ctx))
	}
	return finished, err
}

// Poll repeats a check in growing intervals until it says that it is done, or fails.
func (c *Client) Poll(ctx context.Context, check func(context.Context) (done bool, err error)) error {
	for attempt := 0; ; attempt++ {
		done, err := check(ctx)
		if done || err != nil {
			return err
		}
		if err := c.config.Wait(ctx, delay(attempt, 0)); err != nil {
			return err
		}
	}
}
