package immuta

import (
	"context"
	"sync"
)

// flights lets callers that want the same thing at the same time share one request. Unlike a plain
// single-flight group, a flight lasts while anybody waits for it: one caller's cancellation neither fails the
// others nor leaves a request going that nobody wants.
type flights[T any] struct {
	mu sync.Mutex
	m  map[any]*flight[T]
}

type flight[T any] struct {
	cancel  context.CancelFunc
	waiting int
	done    chan struct{}
	value   T
	err     error
}

// do returns what fetch returns, or the context's cause for a caller that leaves others behind in the flight.
func (f *flights[T]) do(ctx context.Context, key any, fetch func(context.Context) (T, error)) (T, error) {
	if ctx.Err() != nil {
		// A flight has a context of its own, and nothing starts for a caller who has left already.
		var none T
		return none, &NoAnswerError{Err: context.Cause(ctx), NotSent: true}
	}
	f.mu.Lock()
	fl, joined := f.m[key]
	if !joined {
		fl = f.start(ctx, key, fetch)
	}
	fl.waiting++
	f.mu.Unlock()

	select {
	case <-fl.done:
	case <-ctx.Done():
		if last := f.leave(key, fl); !last {
			var none T
			return none, context.Cause(ctx)
		}
		<-fl.done
	}
	if fl.err != nil && joined && ctx.Err() == nil && ranOutOfTime(fl.err) {
		// The flight kept to the deadline of the caller who started it; this one has more time.
		return fetch(ctx)
	}
	return fl.value, fl.err
}

// start launches a flight that carries the values and the deadline of ctx but not its cancellation.
func (f *flights[T]) start(ctx context.Context, key any, fetch func(context.Context) (T, error)) *flight[T] {
	own, cancel := detach(ctx)
	fl := &flight[T]{cancel: cancel, done: make(chan struct{})}
	if f.m == nil {
		f.m = map[any]*flight[T]{}
	}
	f.m[key] = fl
	go func() {
		defer cancel()
		fl.value, fl.err = fetch(own)
		f.land(key, fl)
		close(fl.done)
	}()
	return fl
}

// leave takes one caller off and ends the flight if it was the last.
func (f *flights[T]) leave(key any, fl *flight[T]) (last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiting--
	if fl.waiting > 0 {
		return false
	}
	if f.m[key] == fl {
		delete(f.m, key)
	}
	fl.cancel()
	return true
}

func (f *flights[T]) land(key any, fl *flight[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.m[key] == fl {
		delete(f.m, key)
	}
}

// memo is something that is fetched once, when it is first asked for: one fetch serves all who ask meanwhile.
type memo[T any] struct {
	mu      sync.Mutex
	value   *T
	fetches flights[T]
}

// get returns the value, or fetches it for the answer to r. What fails is not kept.
func (m *memo[T]) get(ctx context.Context, r request, fetch func(context.Context) (T, error)) (T, error) {
	if value := m.known(); value != nil {
		return *value, nil
	}
	value, err := m.fetches.do(ctx, "", func(ctx context.Context) (T, error) {
		// A fetch that this caller just missed leaves nothing to do.
		if value := m.known(); value != nil {
			return *value, nil
		}
		value, err := fetch(ctx)
		if err == nil {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.value = &value
		}
		return value, err
	})
	return value, withCause(ctx, r, err)
}

func (m *memo[T]) known() *T {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value
}

// forget drops the value if it is the one, so that it is fetched anew.
func (m *memo[T]) forget(isIt func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.value != nil && isIt(*m.value) {
		m.value = nil
	}
}
