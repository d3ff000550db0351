package immuta

import (
	"net/http"
	"testing"
	"testing/synctest"
)

// SetTransport makes the client send through rt instead of the network.
func (c *Client) SetTransport(rt http.RoundTripper) { c.transport = rt }

// LetThrough makes the client let requests through as after a first success, without any.
func (c *Client) LetThrough() {
	c.breaker.mu.Lock()
	defer c.breaker.mu.Unlock()
	c.breaker.tested, c.breaker.outage = true, nil
}

// SetCap limits the size of an answer in bytes.
func (c *Client) SetCap(n int64) { c.cap = n }

// Lock waits for the key and returns the function that frees it.
func (c *Client) Lock(key string) (unlock func()) { return c.locks.lock(key) }

// Locks is how many keys are remembered.
func (c *Client) Locks() int {
	c.locks.mu.Lock()
	defer c.locks.mu.Unlock()
	return len(c.locks.m)
}

// One and Many are how objects and arrays are decoded that may come as each other.
type (
	One[T any]  = one[T]
	Many[T any] = many[T]
)

// Leaked is a part of some secrets that can be read out of a text by undoing escapes and encodings.
var Leaked = leaked

// InParallel runs a subtest beside all others.
func InParallel(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		test(t)
	})
}

// InBubble runs a subtest beside all others, and time passes in no time.
func InBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { Bubble(t, test) })
}

// Bubble runs a test beside all others, and time passes in no time.
func Bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}
