package immuta_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const search = "/dataSource"

// listed is a tenant with some sources, and a listing of them.
func listed(t *testing.T, n int, adjusts ...adjust) (*fake.Tenant, *immuta.Listing, []int64) {
	t.Helper()
	tenant, client := start(t, adjusts...)
	return tenant, immuta.NewListing(client), addSources(tenant, n)
}

func addSources(tenant *fake.Tenant, n int) (ids []int64) {
	for range n {
		ids = append(ids, addSource(tenant))
	}
	return ids
}

// readers makes reads of sources that nobody knows, so that the listing is worth its cost.
func readers(t *testing.T, l *immuta.Listing, n int) (done func()) {
	t.Helper()
	ends := make([]func(), n)
	for i := range ends {
		_, _, ends[i] = l.Row(t.Context(), -1)
	}
	return func() {
		for _, end := range ends {
			end()
		}
	}
}

// answers tells whether a read of a source is answered, and ends the read.
func answers(ctx context.Context, l *immuta.Listing, id int64) bool {
	row, ok, done := l.Row(ctx, id)
	done()
	return ok && int64(row.ID) == id
}

// wantAnswers reads all sources at once.
func wantAnswers(t *testing.T, l *immuta.Listing, ids []int64) {
	t.Helper()
	wantNoError(t, parallel(len(ids), func(i int) error {
		if !answers(t.Context(), l, ids[i]) {
			return fmt.Errorf("source %d is not answered", ids[i])
		}
		return nil
	}))
}

func TestListingStartsWhenSeveralReadsAreUnderWay(t *testing.T) {
	t.Parallel()
	tenant, listing, ids := listed(t, 5)
	for range 10 {
		if answers(t.Context(), listing, ids[0]) {
			t.Fatal("reads one after the other are answered from a listing")
		}
	}
	done := readers(t, listing, 3)
	wantCount(t, tenant, "", "", 0)
	wantEqual(t, "the fourth read", answers(t.Context(), listing, ids[3]), true)
	done()
	wantCount(t, tenant, "GET", search, 1)
	// The snapshot is there: now any read is answered from it.
	wantEqual(t, "a later read", answers(t.Context(), listing, ids[0]), true)
	wantCount(t, tenant, "", "", 1)
}

func TestOneSnapshotServesManyReaders(t *testing.T) {
	t.Parallel()
	tenant, listing, ids := listed(t, 2*immuta.PageSize+1)
	tenant.Disable(int(ids[7]))
	defer readers(t, listing, 4)()
	tenant.ResetJournal()
	wantAnswers(t, listing, ids)
	row, _, done := listing.Row(t.Context(), ids[7])
	done()
	source, _ := tenant.Source(int(ids[7]))
	wantEqual(t, "the name", string(row.Name), source.Name)
	wantCount(t, tenant, "", "", 0) // The readers before have had it taken.
}

func TestReadersWaitForTheSnapshotThatIsBeingTaken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, listing, ids := listed(t, immuta.PageSize+1)
		hold(tenant, "GET", search)
		defer readers(t, listing, 3)()
		wantAnswers(t, listing, ids)
		wantCount(t, tenant, "GET", search, 2) // one for each page
		wantCount(t, tenant, "", "", 2)
	})
}

func TestListingNeverAnswersWhatWasWritten(t *testing.T) {
	t.Parallel()
	tenant, listing, ids := listed(t, 3)
	listing.Wrote(ids[0])
	defer readers(t, listing, 3)()
	wantEqual(t, "what was written", answers(t.Context(), listing, ids[0]), false)
	wantCount(t, tenant, "", "", 0) // No snapshot is taken for it either.
	defer readers(t, listing, 1)()
	wantCount(t, tenant, "GET", search, 1)
	wantEqual(t, "what was written before", answers(t.Context(), listing, ids[0]), false)
	wantEqual(t, "what nobody wrote", answers(t.Context(), listing, ids[1]), true)
	listing.Wrote(ids[1])
	wantEqual(t, "what was written meanwhile", answers(t.Context(), listing, ids[1]), false)
}

func TestWriteWhileTheSnapshotIsTakenExcludesTheSource(t *testing.T) {
	t.Parallel()
	tenant, listing, ids := listed(t, 2)
	tenant.After("GET", search, func(*fake.Request) { listing.Wrote(ids[0]) })
	defer readers(t, listing, 3)()
	wantEqual(t, "a row that is older than the write", answers(t.Context(), listing, ids[0]), false)
	wantCount(t, tenant, "GET", search, 1)
}

func TestSnapshotThatFailsIsNotTakenAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"forbidden":       {Status: 403},
		"HTML":            {HTML: true},
		"on its 2nd page": {Skip: 1, Status: 500},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, listing, ids := listed(t, immuta.PageSize+1, retries(0))
			tenant.Fault(fault)
			defer readers(t, listing, 3)()
			for _, id := range ids[:3] {
				wantEqual(t, "half a snapshot", answers(t.Context(), listing, id), false)
			}
			wantCount(t, tenant, "", "", fault.Skip+1)
		})
	}
}

func TestAbsentRowSaysNothing(t *testing.T) {
	t.Parallel()
	tenant, listing, ids := listed(t, 2)
	defer readers(t, listing, 4)()
	added := addSource(tenant) // after the snapshot
	for id, want := range map[int64]bool{ids[0]: true, added: false, 1: false} {
		wantEqual(t, fmt.Sprint("a row of source ", id), answers(t.Context(), listing, id), want)
	}
}

func TestNoListingAnswersNothing(t *testing.T) {
	t.Parallel()
	var listing *immuta.Listing
	listing.Wrote(1)
	for range 10 {
		wantEqual(t, "a listing that is off", answers(t.Context(), listing, 1), false)
	}
}

// Whoever gives up neither spoils the snapshot for the others nor for those who come later.
func TestReaderWhoGivesUpDoesNotSpoilTheSnapshot(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]int{"with others": 1, "alone": 0} {
		inBubble(t, name, func(t *testing.T) {
			tenant, listing, ids := listed(t, 2, timeout(time.Hour))
			release := block(tenant, "GET")
			defer readers(t, listing, 3)()
			ctx, cancel := context.WithCancelCause(t.Context())
			gaveUp, answered := make(chan bool, 1), make(chan bool, 1)
			row := func(ctx context.Context, result chan bool) { result <- answers(ctx, listing, ids[0]) }
			go row(ctx, gaveUp)
			synctest.Wait()
			for range others {
				go row(t.Context(), answered)
			}
			synctest.Wait()
			cancel(errStopped)
			wantEqual(t, "who gave up", <-gaveUp, false)
			if others == 0 {
				go row(t.Context(), answered)
			}
			synctest.Wait()
			release()
			wantEqual(t, "who did not give up", <-answered, true)
			wantCount(t, tenant, "GET", search, 2-others)
		})
	}
}
