package fake

import (
	"fmt"
	"strconv"
)

// The states of a job that occur here.
const (
	jobCreated   = "created"
	jobActive    = "active"
	jobCompleted = "completed"
	jobFailed    = "failed"
)

// A job is work that a request started and did not wait for.
type job struct {
	id       string
	bulkID   string // the bulk call it belongs to; empty for a triggered job
	kind     string // such as "disable" or "highCardinality"
	sourceID int    // 0 for a source that is still to be created
	state    string
	output   string // why it failed

	connectionString string
	wait             int // requests left before it takes effect
	run              func() error
}

func (j job) done() bool { return j.state == jobCompleted || j.state == jobFailed }

type jobQueue struct {
	jobs     []*job
	held     bool
	failures map[int][]string // by source, the outputs of the next jobs to fail
	ids      counter
	bulkIDs  counter
}

// HoldJobs keeps jobs pending for good.
func (t *Tenant) HoldJobs() {
	defer t.lock()()
	t.jobs.held = true
}

// FailJob makes the next job for a source fail with this output, instead of taking effect.
func (t *Tenant) FailJob(sourceID int, output string) {
	defer t.lock()()
	if t.jobs.failures == nil {
		t.jobs.failures = map[int][]string{}
	}
	t.jobs.failures[sourceID] = append(t.jobs.failures[sourceID], output)
}

// start queues a job and returns it.
func (t *Tenant) start(job job) *job {
	job.id = fmt.Sprintf("5e0c0000-0000-4000-8000-%012d", t.jobs.ids.take()+1)
	job.state = jobCreated
	job.wait = t.settings.jobDelay
	t.jobs.jobs = append(t.jobs.jobs, &job)
	if job.wait == 0 && !t.jobs.held {
		t.finish(&job)
	}
	return &job
}

// startBulk queues jobs under one bulk id, and returns what a bulk call answers.
func (t *Tenant) startBulk(jobs []job) object {
	id := t.jobs.bulkIDs.take() + 4001
	for _, job := range jobs {
		job.bulkID = strconv.Itoa(id)
		t.start(job)
	}
	answer := object{"bulkId": strconv.Itoa(id), "jobsCreated": len(jobs)}
	if t.settings.numericBulkIDs {
		answer["bulkId"] = id
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
		job.state = jobActive
		job.wait--
		if job.wait <= 0 {
			t.finish(job)
		}
	}
}

func (t *Tenant) finish(job *job) {
	job.state = jobCompleted
	if outputs := t.jobs.failures[job.sourceID]; len(outputs) > 0 {
		t.jobs.failures[job.sourceID] = outputs[1:]
		job.state, job.output = jobFailed, outputs[0]
		return
	}
	if err := job.run(); err != nil {
		job.state, job.output = jobFailed, err.Error()
	}
}

func jobNoun() noun {
	return noun{routes: []route{
		get("/jobs", listJobs).taking(parameters{"bulkId": asText, "connectionString": asText}),
		post("/jobs/statuses", keys{"jobIds": list{text}, "wait": integer, "pollInterval": integer}, jobStatuses),
	}}
}

func (j job) record() object {
	return object{"id": j.id, "state": j.state, "output": orNull(j.output), "bulkId": j.bulkID, "name": j.kind}
}

// listJobs answers a bulk call's jobs, or by connection string only how many are left.
func listJobs(c *call) (any, error) {
	if c.t.settings.withoutJobList {
		return nil, notFound("There is no route GET /jobs.")
	}
	if bulkID := c.query.Get("bulkId"); bulkID != "" {
		return rowsOf(copies(c.t.jobs.jobs, func(j *job) bool { return j.bulkID == bulkID }), job.record), nil
	}
	connectionString := c.query.Get("connectionString")
	if connectionString == "" {
		return nil, refuse(missing("bulkId"))
	}
	pending := copies(c.t.jobs.jobs, func(j *job) bool { return j.connectionString == connectionString && !j.done() })
	if len(pending) == 0 {
		return object{}, nil
	}
	return object{"pending": strconv.Itoa(len(pending))}, nil
}

// jobStatuses answers at once, whatever "wait" says: jobs move on with requests, not with time.
func jobStatuses(c *call) (any, error) {
	statuses := object{}
	for _, id := range listAt(c.object(), "jobIds") {
		job := find(c.t.jobs.jobs, func(j *job) bool { return j.id == id })
		if job == nil {
			return nil, notFound("Job %v not found.", id)
		}
		statuses[job.id] = object{"id": job.id, "state": job.state, "output": orNull(job.output)}
	}
	return statuses, nil
}
