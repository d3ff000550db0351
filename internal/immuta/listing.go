package immuta

import (
	"context"
	"sync"
)

// listingThreshold is how many reads must be under way before the whole listing is fetched: below it, reading the sources
// themselves is cheaper than listing a tenant that may hold thousands.
const listingThreshold = 4

// Listing answers whether a source still is as it was from one snapshot of the paged search: one request per [PageSize]
// sources instead of two per source. A row tells name, disabling, connection and remote table, and nothing of the
// handler's details, which is why the user has to choose it.
type Listing struct {
	client *Client

	mu      sync.Mutex
	reading int
	taken   bool
	// written holds the sources that this client has written: the snapshot may be older than the write.
	written map[int64]bool

	// rows are the snapshot: nil if it cannot be had.
	rows memo[map[int64]SourceRow]
}

// NewListing returns a listing that has fetched nothing yet.
func NewListing(c *Client) *Listing { return &Listing{client: c, written: map[int64]bool{}} }

// Wrote excludes a source from the listing: what follows a write must see it. A nil listing ignores it.
func (l *Listing) Wrote(id int64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written[id] = true
}

// Row returns a source's row, or false when the source has to be read itself: because the listing is off (nil) or not worth
// its cost, the source was written, or the snapshot does not hold it or could not be taken. done must be called when the
// read that asked is over.
func (l *Listing) Row(ctx context.Context, id int64) (row SourceRow, ok bool, done func()) {
	if l == nil {
		return SourceRow{}, false, func() {}
	}
	l.mu.Lock()
	l.reading++
	use := !l.written[id] && (l.taken || l.reading >= listingThreshold)
	l.taken = l.taken || use
	l.mu.Unlock()
	done = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.reading--
	}
	if !use {
		return SourceRow{}, false, done
	}
	// Every read falls back to asking for its own source, and meets the error there if it lasts.
	rows, err := l.rows.get(ctx, request{}, l.snapshot)
	row, ok = rows[id]
	l.mu.Lock()
	defer l.mu.Unlock()
	return row, ok && err == nil && !l.written[id], done
}

// snapshot takes the snapshot: once, unless the callers who wanted it all gave up.
func (l *Listing) snapshot(ctx context.Context) (map[int64]SourceRow, error) {
	rows := map[int64]SourceRow{}
	for row, err := range l.client.SearchSources(ctx, Search{}) {
		if ranOutOfTime(err) {
			return nil, err
		}
		if err != nil {
			return nil, nil // It cannot be had, and is not asked for again.
		}
		rows[int64(row.ID)] = row
	}
	return rows, nil
}
