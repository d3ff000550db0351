package fake

import "time"

// Epoch is where a tenant's clock starts unless it is given another, see WithEpoch.
var Epoch = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

// timestamp is how Immuta writes a moment: ISO 8601 in UTC with milliseconds.
const timestamp = "2006-01-02T15:04:05.000Z"

// momentOrNull is a moment as Immuta writes it, however a client wrote it; null for the empty text.
func momentOrNull(written string) any {
	at, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return orNull(written)
	}
	return at.UTC().Format(timestamp)
}

// A clock moves only when it is told to, so that two runs of a test see the same times.
type clock struct{ now time.Time }

func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// Now is the tenant's own time. Every request moves it on by a millisecond, and every answer carries it in its Date header.
func (t *Tenant) Now() time.Time {
	defer t.lock()()
	return t.clock.now
}

// Advance moves the tenant's clock, for instance past the end of a session.
func (t *Tenant) Advance(d time.Duration) {
	defer t.lock()()
	t.clock.advance(d)
}
