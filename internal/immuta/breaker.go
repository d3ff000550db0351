package immuta

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// patience is how long one request may keep the others waiting without an outcome.
	patience = 5 * time.Second
	// probeEvery is how often one request is tried although all are known to fail.
	probeEvery = 10 * time.Second
)

// What is wrong with every request alike.
const (
	keyRefused        = "the API key was refused"
	certificateBad    = "the tenant's TLS certificate was refused"
	schemeWrong       = "host has the wrong scheme"
	hostUnknown       = "the tenant's host name was not found"
	connectionRefused = "no connection to the tenant could be made"
)

// commonCause says what is wrong with every request if this one failed so; "" if its failure tells nothing of others.
func commonCause(r request, err error) string {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case StatusOf(err) == http.StatusUnauthorized && r.authorization == "":
		return keyRefused
	case is[*WrongSchemeError](err):
		return schemeWrong
	case IsCertificateError(err):
		return certificateBad
	case isDNS && dns.IsNotFound:
		return hostUnknown
	case isDialError(err):
		return connectionRefused
	}
	return ""
}

// CommonError is the failure of a request for a reason that is the same for all: the API key is refused, or no connection can be
// made. It is reported in full once, see [CommonError.Report].
type CommonError struct {
	// Request is the method and path.
	Request string
	// Err is what the request met; nil if it was not tried, because another one had met it before.
	Err error

	outage *outage
}

func (e *CommonError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Request + ": not tried: " + e.outage.reference()
}

// Unwrap gives what the request met. What was not tried met nothing: it was certainly not sent.
func (e *CommonError) Unwrap() error { return e.Err }

// Report returns the error that all have in common, for the first who asks, and nil for everybody else, who then shows the line.
// Whoever asks first has to show the error: not every caller of the client shows what fails.
func (e *CommonError) Report() (line string, full error) {
	switch {
	case e.outage.reported.CompareAndSwap(false, true):
		return "", e.outage.err
	case e.Err == nil:
		return "Not tried: " + e.outage.reference() + ".", nil
	default:
		return "Failed likewise: " + e.outage.reference() + ".", nil
	}
}

// outage is a failure that all requests have in common, as the first one met it.
type outage struct {
	cause, request string
	err            error
	reported       atomic.Bool
}

func (o *outage) reference() string {
	return fmt.Sprintf("%s, as reported for the first object (%s)", o.cause, o.request)
}

// breaker lets requests fail once that would all fail alike. One of them leads, and the others wait for its outcome: the first
// request of all, and the first one to meet a failure that may be common to all. When the leader has used up its retries, all
// fail, those who wait and those who come; from then on one request at a time is tried every now and then, and the first success
// ends that. A library's breaker counts failures of whatever kind; this one asks whether they have to be the same for all.
type breaker struct {
	mu sync.Mutex
	// tested says that requests need not wait for the first one any more.
	tested  bool
	answers int64
	// failures counts attempts in a row, by those who led, that met what may be common to all.
	failures int
	leader   *pass
	outage   *outage   // nil while requests are let through
	again    time.Time // when the next one is tried in spite of the outage
}

// pass is what the breaker knows of a request.
type pass struct {
	answers int64         // of all requests, when the attempt began
	left    chan struct{} // closed when it leads no more
	timer   *time.Timer
}

// enter waits until the next attempt of a request may be made, or returns why it must not.
func (b *breaker) enter(ctx context.Context, r request, p *pass) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.isOpen(p) {
		switch {
		case b.outage != nil && (b.leader != nil || time.Now().Before(b.again)):
			return &CommonError{Request: r.String(), outage: b.outage}
		case b.leader == nil:
			b.lead(p)
		case !b.awaitLeader(ctx):
			return &NoAnswerError{Request: r.String(), Err: context.Cause(ctx), NotSent: true}
		}
	}
	return nil
}

// isOpen tells whether a request may be sent now.
func (b *breaker) isOpen(p *pass) bool {
	return b.leader == p || b.leader == nil && b.outage == nil && b.failures == 0 && b.tested
}

// admits is enter for a request that has waited for something else since, such as a slot: if it is false, it has to enter again.
func (b *breaker) admits(p *pass) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.isOpen(p)
}

// begin is admits for an attempt that begins now.
func (b *breaker) begin(p *pass) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.answers = b.answers
	if b.leader == p {
		p.stop()
		p.timer = time.AfterFunc(patience, func() { b.overtake(p) })
	}
	return b.isOpen(p)
}

// overtake lets the others go on without the outcome of a slow leader.
func (b *breaker) overtake(p *pass) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.leader == p && b.outage == nil { // in an outage nobody waits
		b.release(p)
	}
}

// awaitLeader waits, without the lock, until the leader has left. It is false if the caller's context ends before.
func (b *breaker) awaitLeader(ctx context.Context) bool {
	left := b.leader.left
	b.mu.Unlock()
	defer b.mu.Lock()
	select {
	case <-left:
		return true
	case <-ctx.Done():
		return false
	}
}

func (b *breaker) lead(p *pass) { b.leader, p.left = p, make(chan struct{}) }

func (p *pass) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// release ends the lead of a request whose outcome nobody waits for any more. In an outage, the next one is tried after a while.
func (b *breaker) release(p *pass) {
	b.tested, b.failures = true, 0
	b.again = time.Now().Add(probeEvery)
	b.resign(p)
}

func (b *breaker) resign(p *pass) {
	if p != nil && b.leader == p {
		p.stop()
		b.leader = nil
		close(p.left)
	}
}

// leave ends a request. If it leads, another one takes its place.
func (b *breaker) leave(p *pass) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.resign(p)
}

// note notes what became of an attempt that did not meet what may be common to all.
func (b *breaker) note(ctx context.Context, p *pass, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if is[*NoAnswerError](err) {
		if own := ctx.Err() != nil || !IsUncertain(err); b.leader == p && !own {
			b.release(p)
		}
		b.resign(p)
		return
	}
	if is[*CommonError](err) {
		return // It was not tried.
	}
	b.answers++
	b.tested = true
	switch {
	case b.outage == nil && b.failures > 0:
		b.failures = 0
		b.resign(b.leader)
	case b.outage != nil && b.leader == p && (b.outage.cause != keyRefused || provesKey(err)):
		b.outage = nil // What was under way when it began tells nothing of what came after, so only a probe ends it.
		b.resign(p)
	case b.leader == p:
		b.release(p)
	}
}

// provesKey tells answers that only somebody gets whose key is accepted.
func provesKey(err error) bool {
	status := StatusOf(err)
	return err == nil || status >= 400 && status < 500 && status != http.StatusTooManyRequests
}

// join waits for what becomes of the leader's failure, and returns a [CommonError] if this one is the same. If leads is true, it
// is this request that has to find out.
func (b *breaker) join(ctx context.Context, r request, p *pass, cause string, err error) (leads bool, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		switch {
		case b.outage != nil && b.outage.cause == cause:
			if b.leader == p {
				b.release(p)
			}
			return false, &CommonError{Request: r.String(), Err: err, outage: b.outage}
		case b.outage != nil && b.leader == p:
			b.outage = nil // This is something else.
		case b.outage != nil || cause != keyRefused && b.answers != p.answers:
			// Others are answered meanwhile.
			b.resign(p)
			return false, err
		case b.leader == p:
			return true, err
		case b.leader == nil:
			b.lead(p)
		case !b.awaitLeader(ctx):
			return false, err
		}
	}
}

// disconnected counts a failed attempt of the leader to connect, and trips the breaker after the last one.
func (b *breaker) disconnected(r request, p *pass, cause string, err error, attempt, retries int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.stop() // The pause before the next attempt is no attempt.
	b.failures++
	last := attempt >= retries || b.failures > retries || isPermanent(err) || ranOutOfTime(err)
	// A tenant that has answered before may be gone for a moment only: that takes a second failure.
	if !last || b.answers > 0 && b.failures == 1 {
		return err
	}
	return b.trip(r, p, cause, err)
}

func (b *breaker) trip(r request, p *pass, cause string, err error) error {
	b.outage = &outage{cause: cause, request: r.String(), err: err}
	b.release(p)
	return &CommonError{Request: r.String(), Err: err, outage: b.outage}
}

// refused trips the breaker, because the key is refused.
func (b *breaker) refused(r request, p *pass, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trip(r, p, keyRefused, err)
}

// judge notes what became of a failed attempt. It returns a [CommonError] if all other requests would fail likewise, otherwise err.
func (c *Client) judge(ctx context.Context, r request, p *pass, attempt int, credential string, err error) error {
	cause := commonCause(r, err)
	if cause == "" {
		c.breaker.note(ctx, p, err)
		return err
	}
	leads, err := c.breaker.join(ctx, r, p, cause, err)
	switch {
	case !leads:
		return err
	case cause != keyRefused:
		return c.breaker.disconnected(r, p, cause, err, attempt, c.config.MaxRetries)
	}
	// A call may have reasons of its own to answer 401. Who the key belongs to is answered whenever the key is accepted.
	if who := whoAmI(); !r.anonymous && r.path != who.path {
		if _, witness := c.attempt(ctx, who, p, nil, credential, 0); StatusOf(witness) != http.StatusUnauthorized {
			c.breaker.note(ctx, p, witness)
			return err
		}
	}
	return c.breaker.refused(r, p, err)
}
