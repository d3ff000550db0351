package immuta

import "net/http"

// SetTransport makes the client send through rt instead of the network.
func (c *Client) SetTransport(rt http.RoundTripper) { c.transport = rt }

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

// Readings is whatever can be read out of a text by undoing escapes and encodings.
var Readings = readings
