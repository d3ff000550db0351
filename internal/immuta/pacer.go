package immuta

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// A refusal makes leastPeak to mostPeak of the pace that met it the new peak, and growth begins at afterCut of that.
	// These and the times below are what served best against simulated servers, see the tests.
	leastPeak, mostPeak, afterCut = 0.85, 0.97, 0.9
	// regrowth is how long a pace takes to grow to its peak; probing is the same for the first one, which is a guess: the
	// client may have asked for less than the server would let through, or the refusal may be the only one.
	regrowth, probing = 15 * time.Second, time.Second
	// unlimited is a pace per second that holds nobody back.
	unlimited = 1000
	// catchUp is how far a client may fall behind its pace and still make up for it: timers are late.
	catchUp = 20 * time.Millisecond

	leastJitter, mostJitter = 50 * time.Millisecond, 5 * time.Second
)

// pacer is the gate that all requests of a client pass, so that one refusal for too many requests (429) is enough for all of
// its callers. Until the first one, nothing is delayed. A refusal holds everybody back, for as long as the server asks or else
// for a delay that doubles until something gets through; then requests leave one by one, at a pace. The first pace is a bit less
// than what the server let through in the last second. A later refusal cuts the pace; from there it grows fast, then slowly around its
// peak, which is just below what was refused, then ever faster, until it limits nothing. (TCP CUBIC does so, RFC 9438; the
// fifth power stays longer at the peak than the third, and leaves it faster.)
//
// The zero value needs only wait. A moment that was waited for counts as reached, whatever the clock says.
type pacer struct {
	wait func(context.Context, time.Duration) error

	// line is a lock that is given in the order of asking: its owner is next. Callers own it or wait for it.
	line    chan struct{}
	callers atomic.Int64

	mu      sync.Mutex
	reached time.Time
	next    time.Time // when the next request may leave

	peak    float64   // per second; 0 means that there is no pace
	since   time.Time // when growth begins
	guessed bool      // from what was let through, rather than found by a refusal
	// generation counts the refusals that were news: a request from before the last of them tells nothing about the pace.
	generation ticket
	refusals   int // in a row

	second       time.Time // the current one's begin
	before, here int       // answers in the second before and in the current one
	answers      int64
}

// ticket is the generation in which a request was let through.
type ticket int64

// waitTooLongError means that a request could not be let through before its caller's deadline.
type waitTooLongError struct{ wait time.Duration }

func (e *waitTooLongError) Error() string {
	return fmt.Sprintf("the tenant's rate limit lets no further request through for %s, and the operation's timeout is sooner",
		e.wait.Round(100*time.Millisecond))
}

// enter waits until the next request may be sent, and returns the ticket for noting its answer. If the wait would outlast the
// context's deadline, there is a [waitTooLongError] at once.
func (p *pacer) enter(ctx context.Context) (ticket, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	p.mu.Lock()
	if p.peak == 0 {
		defer p.mu.Unlock()
		return p.generation, nil
	}
	least := p.away(p.now(), p.callers.Add(1)-1)
	defer p.callers.Add(-1)
	p.mu.Unlock()
	if err := outlasts(ctx, least); err != nil {
		return 0, err
	}
	select {
	case p.line <- struct{}{}:
		defer func() { <-p.line }()
	case <-ctx.Done():
	}
	var moment time.Time
	for ctx.Err() == nil {
		t, next, wait := p.admit(moment)
		if wait == 0 {
			return t, nil
		}
		if err := outlasts(ctx, wait); err != nil {
			return 0, err
		}
		if err := p.wait(ctx, wait); err != nil && ctx.Err() == nil {
			return 0, err
		}
		moment = next
	}
	return 0, context.Cause(ctx)
}

func outlasts(ctx context.Context, wait time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return &waitTooLongError{wait}
	}
	return nil
}

// admit lets the owner of the line through, who has waited for a moment, or tells what to wait for next and how long.
func (p *pacer) admit(waited time.Time) (t ticket, next time.Time, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reached = later(p.reached, waited)
	now := p.now()
	if p.pace(now) > max(unlimited, 2*p.peak) {
		p.peak = 0
	}
	if p.peak == 0 {
		return p.generation, next, 0
	}
	if wait := p.away(now, 0); wait > 0 {
		return 0, p.next, wait
	}
	p.next = later(p.next, now.Add(-catchUp)).Add(p.spell(1, now))
	return p.generation, next, 0
}

// passed notes an answer that was no refusal.
func (p *pacer) passed(t ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.recent(now)
	p.here++
	p.answers++
	if t == p.generation {
		p.refusals = 0
	} else if p.guessed {
		p.peak = max(p.peak, p.recent(now)) // it was under way when the pace was made
	}
}

// limited notes a refusal, and how long the server asked to wait: 0 if it did not say.
func (p *pacer) limited(t ticket, retryAfter time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	news := p.peak == 0 || t == p.generation
	if !news && retryAfter <= 0 {
		return
	}
	now, hold := p.now(), delay(p.refusals, retryAfter)
	hold += rand.N(min(max(hold/10, leastJitter), mostJitter))
	begin, end := later(p.next, now), now.Add(hold)
	if news {
		// A refusal right after another says that the hold was too short, not that the pace is too high.
		if p.refusals == 0 || p.peak == 0 {
			p.cut(now)
			p.since = begin
		}
		p.generation++
		p.refusals++
	}
	if end.After(begin) {
		p.next = end
		p.since = p.since.Add(end.Sub(begin)) // nothing grows meanwhile
	}
}

// cut makes a pace from what the server let through, or lowers the one that there is.
func (p *pacer) cut(now time.Time) {
	if p.peak == 0 {
		p.peak, p.guessed = max(p.recent(now), 1), true
		if p.line == nil {
			p.line = make(chan struct{}, 1)
		}
		return
	}
	pace := p.pace(now)
	p.peak, p.guessed = min(max(p.recent(now), leastPeak*pace), mostPeak*pace), false
}

// progress counts the answers that were no refusals: who finds it unchanged between two refusals knows that nobody got through.
func (p *pacer) progress() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers
}

// pace is how many requests may leave per second.
func (p *pacer) pace(now time.Time) float64 {
	period := regrowth
	if p.guessed {
		period = probing
	}
	grown := max(now.Sub(p.since), 0).Seconds() / period.Seconds()
	return p.peak * (1 + (1-afterCut)*math.Pow(grown-1, 5))
}

// spell is how long so many requests take to leave at the pace of a moment.
func (p *pacer) spell(requests int64, at time.Time) time.Duration {
	return time.Duration(float64(requests) / p.pace(at) * float64(time.Second))
}

// away is how long it takes until a caller may leave that has so many others before it: exactly for none, at least for more.
func (p *pacer) away(now time.Time, others int64) time.Duration {
	wait := max(p.next.Sub(now), 0)
	if others == 0 {
		return wait
	}
	// The pace grows while they leave, but not beyond what it is when they would have left without growth.
	return wait + p.spell(others, now.Add(wait+p.spell(others, now)))
}

// recent is how many answers there were in the last second, as far as two counts tell.
func (p *pacer) recent(now time.Time) float64 {
	switch age := now.Sub(p.second); {
	case age >= 2*time.Second:
		p.second, p.before, p.here = now, 0, 0
	case age >= time.Second:
		p.second, p.before, p.here = p.second.Add(time.Second), p.here, 0
	}
	return float64(p.here) + float64(p.before)*(1-now.Sub(p.second).Seconds())
}

func (p *pacer) now() time.Time { return later(p.reached, time.Now()) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
