package immuta

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// takes is a server's rate limit: whether it takes a request that arrives now.
type takes func() bool

// bucket is filled with tokens at a rate per second, which may change, and holds so many.
func bucket(rate func() float64, burst float64) takes {
	tokens, last := burst, time.Now()
	return func() bool {
		tokens = min(burst, tokens+rate()*time.Since(last).Seconds())
		last = time.Now()
		if tokens < 1 {
			return false
		}
		tokens--
		return true
	}
}

func constantly(rate float64) func() float64 { return func() float64 { return rate } }

// fixedWindow takes so many in each second; the first one is almost over.
func fixedWindow(most int) takes {
	begin, taken := time.Now().Add(30*time.Millisecond-time.Second), 0
	return func() bool {
		if passed := time.Since(begin).Truncate(time.Second); passed > 0 {
			begin, taken = begin.Add(passed), 0
		}
		taken++
		return taken <= most
	}
}

// slidingWindow takes so many in any second.
func slidingWindow(most int) takes {
	var taken []time.Time
	return func() bool {
		for len(taken) > 0 && time.Since(taken[0]) >= time.Second {
			taken = taken[1:]
		}
		if len(taken) == most {
			return false
		}
		taken = append(taken, time.Now())
		return true
	}
}

// load is what 64 callers have to send through 32 slots, each refused request again and again.
type load struct {
	requests   int
	latency    time.Duration
	retryAfter time.Duration
}

// run sends everything, and returns how many requests that took and when those arrived that were taken.
func (l load) run(t *testing.T, p *pacer, taken takes) (sent int, arrivals []time.Time) {
	t.Helper()
	var mu sync.Mutex
	slots := semaphore.NewWeighted(32)
	arrive := func() bool {
		mu.Lock()
		defer mu.Unlock()
		sent++
		ok := taken()
		if ok {
			arrivals = append(arrivals, time.Now())
		}
		return ok
	}
	send := func() bool {
		if err := slots.Acquire(t.Context(), 1); err != nil {
			t.Error(err)
		}
		defer slots.Release(1)
		ticket, err := p.enter(t.Context())
		if err != nil {
			t.Error(err)
		}
		time.Sleep(l.latency / 2)
		ok := arrive()
		time.Sleep(l.latency / 2)
		if ok {
			p.passed(ticket)
		} else {
			p.limited(ticket, l.retryAfter)
		}
		return ok
	}
	var callers errgroup.Group
	callers.SetLimit(64)
	for range l.requests {
		callers.Go(func() error {
			for again := true; again && !t.Failed(); {
				again = !send()
			}
			return nil
		})
	}
	_ = callers.Wait()
	return sent, arrivals
}

const quick = 20 * time.Millisecond

func TestPaceKeepsToTheLimitOfTheServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server         func() takes
		rate, burst    float64
		requests       int
		latency        time.Duration
		slowest, waste float64 // as ratios of what an all-knowing client needs
	}{
		"bucket of 60":       {func() takes { return bucket(constantly(60), 60) }, 60, 60, 1800, quick, 1.2, 1.1},
		"fixed window of 60": {func() takes { return fixedWindow(60) }, 60, 60, 1800, quick, 1.2, 1.1},
		// It takes about 1.13 of the time as a rule; now and then the first pace is cut twice.
		"any second 60":    {func() takes { return slidingWindow(60) }, 60, 60, 1800, quick, 1.35, 1.1},
		"bucket of 200":    {func() takes { return bucket(constantly(200), 200) }, 200, 200, 8000, quick, 1.2, 1.1},
		"fixed window 200": {func() takes { return fixedWindow(200) }, 200, 200, 8000, quick, 1.2, 1.1},
		"any second 200":   {func() takes { return slidingWindow(200) }, 200, 200, 8000, quick, 1.3, 1.1},
		"slow answers":     {func() takes { return bucket(constantly(60), 60) }, 60, 60, 1800, 20 * quick, 1.2, 1.1},
		"few":              {func() takes { return bucket(constantly(5), 5) }, 5, 5, 500, quick, 1.2, 1.15},
		// These let so little through at first that the pace begins with a guess.
		"small bucket": {func() takes { return bucket(constantly(60), 5) }, 60, 5, 1800, quick, 1.4, 1.1},
		"no burst":     {func() takes { return bucket(constantly(60), 1) }, 60, 1, 1800, quick, 1.45, 1.1},
	} {
		for asks, retryAfter := range map[string]time.Duration{"": 0, "/Retry-After": time.Second} {
			InBubble(t, name+asks, func(t *testing.T) {
				begin := time.Now()
				l := load{test.requests, test.latency, retryAfter}
				sent, _ := l.run(t, &pacer{wait: waitTimer}, test.server())
				waste := float64(sent) / float64(test.requests)
				slow := time.Since(begin).Seconds() / ((float64(test.requests) - test.burst) / test.rate)
				t.Logf("%s: %.3f of the requests in %.3f of the time", t.Name(), waste, slow)
				if waste > test.waste || slow > test.slowest {
					t.Errorf("%.3f of the requests in %.3f of the time, want at most %.3f in %.3f", waste, slow, test.waste, test.slowest)
				}
			})
		}
	}
}

func TestPaceFollowsALimitThatChanges(t *testing.T) {
	t.Parallel()
	for asks, retryAfter := range map[string]time.Duration{"no Retry-After": 0, "Retry-After": time.Second} {
		InBubble(t, "down/"+asks, func(t *testing.T) {
			begin, l, rate, n := time.Now(), load{4000, quick, retryAfter}, 200., 0
			server := bucket(func() float64 { return rate }, 20)
			sent, _ := l.run(t, &pacer{wait: waitTimer}, func() bool {
				ok := server()
				if ok {
					n++
				}
				if n == 2000 {
					rate = 20
				}
				return ok
			})
			slow := time.Since(begin).Seconds() / (2000./200 + 2000./20)
			t.Logf("%s: %d requests sent for %d, in %.3f of the time", t.Name(), sent, l.requests, slow)
			if sent > l.requests*11/10 || slow > 1.2 {
				t.Errorf("%d requests sent for %d, in %.3f of the time", sent, l.requests, slow)
			}
		})
		InBubble(t, "up/"+asks, func(t *testing.T) {
			l, change := load{8000, quick, retryAfter}, time.Now().Add(30*time.Second)
			server := bucket(func() float64 {
				if time.Now().Before(change) {
					return 20
				}
				return 200
			}, 20)
			sent, arrivals := l.run(t, &pacer{wait: waitTimer}, server)
			const several = 1000
			i := several
			for i < len(arrivals) && arrivals[i].Sub(arrivals[i-several]) > several*time.Second/160 {
				i++
			}
			if i == len(arrivals) {
				t.Fatal("the pace never recovers")
			}
			after := arrivals[i-several].Sub(change)
			t.Logf("%s: %d requests sent for %d; 160 per second from %s after the change", t.Name(), sent, l.requests, after)
			if after > time.Minute || sent > l.requests*11/10 {
				t.Errorf("%d requests sent for %d; 160 per second from %s after the change", sent, l.requests, after)
			}
		})
	}
}

func TestOneRefusalDelaysOnlyShortly(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]int{"the first": 1, "a later one": 5000} {
		InBubble(t, name, func(t *testing.T) {
			p, l, n, begin := &pacer{wait: waitTimer}, load{16_000, quick, 0}, 0, time.Now()
			sent, _ := l.run(t, p, func() bool { n++; return n != refused })
			if sent != l.requests+1 {
				t.Errorf("%d requests sent, want one more than %d", sent, l.requests)
			}
			// 32 slots allow 1,600 per second.
			late := time.Since(begin) - 10*time.Second
			t.Logf("%s: late by %s", t.Name(), late)
			if late > 5*time.Second {
				t.Errorf("late by %s", late)
			}
			time.Sleep(time.Minute)
			_, err := p.enter(t.Context())
			if err != nil || p.peak != 0 {
				t.Errorf("there is a pace of %g still, error %v", p.peak, err)
			}
		})
	}
}

func TestNothingIsDelayedBeforeARefusal(t *testing.T) {
	t.Parallel()
	p := &pacer{wait: func(context.Context, time.Duration) error { return errors.New("it waits") }}
	for range 5000 {
		ticket := let(t, p)
		p.passed(ticket)
	}
	if got := p.progress(); got != 5000 {
		t.Errorf("%d answers counted, want 5000", got)
	}
}

// let waits for the next caller's turn.
func let(t *testing.T, p *pacer) ticket {
	t.Helper()
	ticket, err := p.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// entered is when so many callers that come now are let through.
func entered(t *testing.T, p *pacer, callers int) []time.Time {
	t.Helper()
	times := make([]time.Time, callers)
	var g errgroup.Group
	for i := range times {
		g.Go(func() error {
			_, err := p.enter(t.Context())
			times[i] = time.Now()
			return err
		})
		synctest.Wait()
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	return times
}

// refused is a pacer right after its first refusal, with so many answers in the second before, and a ticket from before it.
func refused(t *testing.T, answers int, retryAfter time.Duration) (*pacer, ticket) {
	t.Helper()
	p := &pacer{wait: waitTimer}
	old := let(t, p)
	for range answers {
		p.passed(old)
	}
	p.limited(old, retryAfter)
	return p, old
}

func TestRefusalHoldsAllCallersBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more        time.Duration // asked for by another refusal
		least, most time.Duration
	}{
		"once":             {0, 40 * time.Second, 44 * time.Second},
		"then for shorter": {time.Second, 40 * time.Second, 44 * time.Second},
		"then for longer":  {time.Hour, time.Hour + time.Second, time.Hour + time.Second + mostJitter},
	} {
		InBubble(t, name, func(t *testing.T) {
			p, old := refused(t, 100, 40*time.Second)
			begin := time.Now()
			time.AfterFunc(time.Second, func() { p.limited(old, test.more) }) // when all callers wait already
			times := entered(t, p, 40)
			if got := times[0].Sub(begin); got < test.least || got > test.most {
				t.Errorf("the first may leave after %s, want between %s and %s", got, test.least, test.most)
			}
			if !slices.IsSortedFunc(times, time.Time.Compare) {
				t.Errorf("not in the order of asking: %v", times)
			}
			for i := range times[1:] {
				if gap := times[i+1].Sub(times[i]); gap < 9*time.Millisecond || gap > 12*time.Millisecond {
					t.Errorf("two leave within %s, want 90 per second", gap)
				}
			}
		})
	}
}

func TestHoldsDiffer(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		one, _ := refused(t, 0, time.Second)
		other, _ := refused(t, 0, time.Second)
		if one.next.Equal(other.next) {
			t.Errorf("two clients come back together, %s after their refusals", time.Until(one.next))
		}
	})
}

func TestIdleClientSavesUpLittle(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p, _ := refused(t, 500, time.Second)
		time.Sleep(2 * time.Second)
		begin := time.Now()
		times := entered(t, p, 100)
		atOnce := 0
		for _, at := range times {
			if at.Equal(begin) {
				atOnce++
			}
		}
		if atOnce < 9 || atOnce > 12 {
			t.Errorf("%d of 100 leave at once after a second without any, want what 20ms allow at 500 per second", atOnce)
		}
	})
}

func TestPaceThatWasDroppedBeginsAnew(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p, _ := refused(t, 100, time.Second)
		time.Sleep(time.Minute)
		ticket, err := p.enter(t.Context())
		if err != nil || p.peak != 0 {
			t.Fatalf("there is a pace of %g still, error %v", p.peak, err)
		}
		begin := time.Now()
		p.limited(ticket, time.Second)
		if got := entered(t, p, 1)[0].Sub(begin); got < time.Second {
			t.Errorf("held for %s, want 1s", got)
		}
		if p.peak != 1 {
			t.Errorf("the pace is %g, want 1, because nothing was let through in the last second", p.peak)
		}
	})
}

func TestHoldsWithoutRetryAfterDouble(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p, _ := refused(t, 100, time.Nanosecond)
		refuse := func() time.Duration {
			ticket := let(t, p)
			p.limited(ticket, 0)
			return time.Until(p.next)
		}
		want := func(got, most time.Duration) {
			t.Helper()
			if jitter := max(leastJitter, most/10); got < most/2 || got > most+jitter {
				t.Errorf("held for %s, want between %s and %s", got, most/2, most+jitter)
			}
		}
		for _, seconds := range []int{1, 2, 4, 8, 16, 30, 30} {
			want(refuse(), time.Duration(seconds)*time.Second)
		}
		if p.peak != 100 {
			t.Errorf("refusals in a row made the pace %g, want 100", p.peak)
		}
		ticket := let(t, p)
		p.passed(ticket)
		want(refuse(), time.Second/2)
	})
}

func TestOnlyARefusalAfterTheLastCutIsNews(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p, old := refused(t, 100, time.Second)
		next := p.next
		for range 30 {
			p.limited(old, 0)
		}
		if p.peak != 100 || p.next != next {
			t.Errorf("refusals of older requests made the pace %g and the hold %s longer", p.peak, p.next.Sub(next))
		}
		p.passed(old)
		if p.peak != 101 {
			t.Errorf("an older request that passed made the pace %g, want 101", p.peak)
		}
		fresh := let(t, p)
		p.passed(fresh)
		before := p.pace(time.Now())
		p.limited(fresh, 0)
		if now := p.pace(time.Now()); now > 0.88*before || now < 0.75*before {
			t.Errorf("a refusal cut the pace from %g to %g", before, now)
		}
	})
}

func TestAMomentThatWasWaitedForIsReached(t *testing.T) {
	Bubble(t, func(t *testing.T) { // in which the clock stands still unless somebody sleeps
		p, _ := refused(t, 0, time.Hour)
		var waits int
		p.wait = func(ctx context.Context, _ time.Duration) error { waits++; return ctx.Err() } // one caller at a time
		begin := time.Now()
		entered(t, p, 50)
		ticket := let(t, p)
		p.limited(ticket, time.Hour)
		entered(t, p, 50)
		if waits > 102 || time.Since(begin) > 0 {
			t.Errorf("%d waits for 101 callers, in %s", waits, time.Since(begin))
		}
	})
}

func TestCancelledCallersLeaveTheLine(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p, _ := refused(t, 1, time.Minute)
		end, cause := p.next, errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		var g sync.WaitGroup
		for range 30 {
			g.Go(func() {
				begin := time.Now()
				if _, err := p.enter(ctx); !errors.Is(err, cause) || time.Since(begin) != time.Second {
					t.Errorf("%v after %s, want the cause after 1s", err, time.Since(begin))
				}
			})
		}
		var last time.Time
		synctest.Wait()
		g.Go(func() { last = entered(t, p, 1)[0] })
		time.Sleep(time.Second)
		cancel(cause)
		g.Wait()
		if !last.Equal(end) {
			t.Errorf("the caller who stays leaves %s after the hold, want at its end", last.Sub(end))
		}
		if _, err := p.enter(ctx); !errors.Is(err, cause) {
			t.Errorf("%v, want the cause", err)
		}
	})
}

func TestAWaitBeyondTheDeadlineIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ahead int
		left  time.Duration // between the end of the hold and the deadline
		want  bool
	}{
		"the hold is too long":   {left: -time.Second, want: true},
		"it is short enough":     {left: time.Second},
		"the line is too long":   {ahead: 60, left: time.Second, want: true},
		"it is short enough too": {ahead: 60, left: 4 * time.Second},
	} {
		InBubble(t, name, func(t *testing.T) {
			p, _ := refused(t, 20, time.Minute)
			p.guessed = false // so that it grows slowly from 18 per second
			var g sync.WaitGroup
			defer func() {
				g.Wait()
				if n := p.callers.Load(); n != 0 {
					t.Errorf("%d callers are counted when all have left", n)
				}
			}()
			for range test.ahead {
				g.Go(func() { _, _ = p.enter(t.Context()) })
			}
			synctest.Wait()
			ctx, cancel := context.WithDeadline(t.Context(), p.next.Add(test.left))
			defer cancel()
			begin := time.Now()
			_, err := p.enter(ctx)
			if !test.want {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e, ok := errors.AsType[*waitTooLongError](err)
			if !ok || time.Since(begin) > 0 || e.wait < time.Minute {
				t.Errorf("%v after %s", err, time.Since(begin))
			}
		})
	}
}

func TestAWaitThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	p, _ := refused(t, 0, time.Hour)
	broken := errors.New("broken")
	p.wait = func(context.Context, time.Duration) error { return broken }
	for range 2 {
		if _, err := p.enter(t.Context()); !errors.Is(err, broken) {
			t.Errorf("%v, want %v", err, broken)
		}
	}
}
