package fake

import (
	"net/http"
	"slices"
	"time"
)

// rate is how many requests a tenant lets in.
type rate struct {
	perSecond  int // 0: any number
	retryAfter string
	letIn      []time.Time // within the last second
}

// WithRateLimit answers 429 to every request for which perSecond others were let in during the second before it: a sliding
// window, in which refused requests do not count. 0 takes the limit away. Retry-After is sent unless it is empty.
//
// What is refused takes no effect, and meets neither faults nor hooks. The second is one of time.Now, which
// testing/synctest controls: with the wait of WithLatency the only time in a tenant that is not its own.
func WithRateLimit(perSecond int, retryAfter string) Option {
	return func(t *Tenant) { t.rate = rate{perSecond: perSecond, retryAfter: retryAfter} }
}

// limitRate refuses a request that comes too soon.
func (t *Tenant) limitRate(entry *Request) (refusal answer, refused bool) {
	defer t.lock()()
	if t.rate.perSecond <= 0 {
		return answer{}, false
	}
	now := time.Now()
	t.rate.letIn = slices.DeleteFunc(t.rate.letIn, func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if len(t.rate.letIn) < t.rate.perSecond {
		t.rate.letIn = append(t.rate.letIn, now)
		return answer{}, false
	}
	refusal = t.encode(nil, fail(http.StatusTooManyRequests, "Rate limit exceeded."))
	if t.rate.retryAfter != "" {
		refusal.header.Set("Retry-After", t.rate.retryAfter)
	}
	entry.Status, entry.Fault = refusal.status, "rate limit"
	return refusal, true
}
