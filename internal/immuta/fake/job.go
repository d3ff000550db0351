package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// The states of a job that occur here.
const (
	JobCreated   = "created"
	JobActive    = "active"
	JobCompleted = "completed"
	JobFailed    = "failed"
)

// A Job is work that a request started and did not wait for.
type Job struct {
	ID       string
	BulkID   string // the bulk call it belongs to; empty for a triggered job
	Kind     string // such as "disable" or "highCardinality"
	SourceID int    // 0 for a source that is still to be created
	State    string
	Output   string // why it failed

	connectionString string
	wait             int // requests left before it takes effect
	run              func() error
}

func (j *Job) done() bool { return j.State == JobCompleted || j.State == JobFailed }

type jobQueue struct {
	jobs     []*Job
	held     bool
	failures map[int][]string // by source, the outputs of the next jobs to fail
	ids      counter
	bulkIDs  counter
}

// Jobs is a copy of every job, the oldest first.
func (t *Tenant) Jobs() []Job {
	t.mu.Lock()
	defer t.mu.Unlock()
	jobs := make([]Job, len(t.jobs.jobs))
	for i, job := range t.jobs.jobs {
		jobs[i] = *job
		jobs[i].run = nil
	}
	return jobs
}

// HoldJobs keeps jobs pending until ReleaseJobs.
func (t *Tenant) HoldJobs() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs.held = true
}

// ReleaseJobs lets held jobs take effect: those that are due do so with the next request.
func (t *Tenant) ReleaseJobs() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs.held = false
}

// FailJob makes the next job for a source fail with this output, instead of taking effect.
func (t *Tenant) FailJob(sourceID int, output string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.jobs.failures == nil {
		t.jobs.failures = map[int][]string{}
	}
	t.jobs.failures[sourceID] = append(t.jobs.failures[sourceID], output)
}

// start queues a job and returns it.
func (t *Tenant) start(job Job) *Job {
	job.ID = fmt.Sprintf("5e0c0000-0000-4000-8000-%012d", t.jobs.ids.take()+1)
	job.State = JobCreated
	job.wait = t.settings.jobDelay
	t.jobs.jobs = append(t.jobs.jobs, &job)
	if job.wait == 0 && !t.jobs.held {
		t.finish(&job)
	}
	return &job
}

// startBulk queues jobs under one bulk id, and returns what a bulk call answers.
func (t *Tenant) startBulk(jobs []Job) object {
	id := strconv.Itoa(t.jobs.bulkIDs.take() + 4001)
	for _, job := range jobs {
		job.BulkID = id
		t.start(job)
	}
	answer := object{"bulkId": id, "jobsCreated": len(jobs)}
	if n, err := strconv.Atoi(id); err == nil && t.settings.numericBulkIDs {
		answer["bulkId"] = n
	}
	return answer
}

// runDueJobs lets one request's worth of time pass for the jobs.
func (t *Tenant) runDueJobs() {
	if t.jobs.held {
		return
	}
	for _, job := range t.jobs.jobs {
		if job.done() {
			continue
		}
		job.State = JobActive
		job.wait--
		if job.wait <= 0 {
			t.finish(job)
		}
	}
}

func (t *Tenant) finish(job *Job) {
	job.State = JobCompleted
	if outputs := t.jobs.failures[job.SourceID]; len(outputs) > 0 {
		t.jobs.failures[job.SourceID] = outputs[1:]
		job.State, job.Output = JobFailed, outputs[0]
		return
	}
	if err := job.run(); err != nil {
		job.State, job.Output = JobFailed, err.Error()
	}
}

func jobNoun() noun {
	return noun{routes: []route{
		{
			method: http.MethodGet, pattern: "/jobs", serve: listJobs,
			query: map[string]parameter{"bulkId": textParameter, "connectionString": textParameter},
		},
		{
			method: http.MethodPost, pattern: "/jobs/statuses", serve: jobStatuses,
			body: jsonBody(keys{"jobIds": list(text), "wait": integer, "pollInterval": integer}.shape),
		},
	}}
}

func (j *Job) record() object {
	record := object{"id": j.ID, "state": j.State, "output": nil, "bulkId": j.BulkID, "name": j.Kind}
	if j.Output != "" {
		record["output"] = j.Output
	}
	return record
}

// listJobs answers a bulk call's jobs, or by connection string only how many are left.
func listJobs(c *call) (any, error) {
	if c.t.settings.withoutJobList {
		return nil, notFound("There is no route GET /jobs.")
	}
	if bulkID := c.query.Get("bulkId"); bulkID != "" {
		records := []object{}
		for _, job := range c.t.jobs.jobs {
			if job.BulkID == bulkID {
				records = append(records, job.record())
			}
		}
		return records, nil
	}
	connectionString := c.query.Get("connectionString")
	if connectionString == "" {
		return nil, badRequest("Invalid request: %q is required", "bulkId")
	}
	pending := 0
	for _, job := range c.t.jobs.jobs {
		if job.connectionString == connectionString && !job.done() {
			pending++
		}
	}
	if pending == 0 {
		return object{}, nil
	}
	return object{"pending": strconv.Itoa(pending)}, nil
}

// jobStatuses answers at once, whatever "wait" says: jobs move on with requests, not with time.
func jobStatuses(c *call) (any, error) {
	statuses := object{}
	for _, id := range listAt(c.object(), "jobIds") {
		i := slices.IndexFunc(c.t.jobs.jobs, func(j *Job) bool { return j.ID == id })
		if i < 0 {
			return nil, notFound("Job %v not found.", id)
		}
		job := c.t.jobs.jobs[i]
		statuses[job.ID] = object{"id": job.ID, "state": job.State, "output": job.record()["output"]}
	}
	return statuses, nil
}
