package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const search = "/dataSource"

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

func addSources(tenant *fake.Tenant, n int) (ids []int64) {
	for range n {
		ids = append(ids, addSource(tenant))
	}
	return ids
}

func TestListingStartsWhenSeveralReadsAreUnderWay(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	listing := immuta.NewListing(connect(t, tenant))
	ids := addSources(tenant, 5)
	for range 10 {
		_, ok, done := listing.Row(t.Context(), ids[0])
		done()
		if ok {
			t.Fatal("reads one after the other are answered from a listing")
		}
	}
	done := readers(t, listing, 3)
	wantCount(t, tenant, "", "", 0)
	row, ok, end := listing.Row(t.Context(), ids[3])
	if !ok || int64(row.ID) != ids[3] {
		t.Errorf("the fourth read gets %v, %t", row, ok)
	}
	end()
	done()
	wantCount(t, tenant, "GET", search, 1)
	// The snapshot is there: now any read is answered from it.
	if _, ok, end := listing.Row(t.Context(), ids[0]); !ok {
		t.Error("the snapshot is not used again")
	} else {
		end()
	}
	wantCount(t, tenant, "", "", 1)
}

func TestOneSnapshotServesManyReaders(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	listing := immuta.NewListing(connect(t, tenant))
	ids := addSources(tenant, 2*immuta.PageSize+1)
	tenant.Disable(int(ids[7]))
	defer readers(t, listing, 4)()
	tenant.ResetJournal()
	wantNoError(t, parallel(len(ids), func(i int) error {
		row, ok, done := listing.Row(t.Context(), ids[i])
		defer done()
		source, _ := tenant.Source(int(ids[i]))
		if !ok || string(row.Name) != source.Name {
			return fmt.Errorf("source %d: row %v, %t", ids[i], row, ok)
		}
		return nil
	}))
	wantCount(t, tenant, "", "", 0) // The readers before have had it taken.
}

func TestReadersWaitForTheSnapshotThatIsBeingTaken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		listing := immuta.NewListing(connect(t, tenant))
		ids := addSources(tenant, immuta.PageSize+1)
		release := make(chan struct{})
		tenant.Before("GET", search, func(*fake.Request) { <-release })
		defer readers(t, listing, 3)()
		go func() {
			synctest.Wait()
			close(release)
		}()
		wantNoError(t, parallel(len(ids), func(i int) error {
			_, ok, done := listing.Row(t.Context(), ids[i])
			defer done()
			if !ok {
				return fmt.Errorf("source %d is not answered", ids[i])
			}
			return nil
		}))
		wantCount(t, tenant, "GET", search, 2) // one for each page
		wantCount(t, tenant, "", "", 2)
	})
}

func TestListingNeverAnswersWhatWasWritten(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	listing := immuta.NewListing(connect(t, tenant))
	ids := addSources(tenant, 3)
	listing.Wrote(ids[0])
	defer readers(t, listing, 3)()
	_, ok, done := listing.Row(t.Context(), ids[0])
	done()
	if ok {
		t.Error("what was written is answered")
	}
	wantCount(t, tenant, "", "", 0) // No snapshot is taken for it either.
	_, _, done = listing.Row(t.Context(), -1)
	defer done()
	wantCount(t, tenant, "GET", search, 1)
	for i, want := range []bool{false, true} {
		_, ok, done := listing.Row(t.Context(), ids[i])
		done()
		wantEqual(t, fmt.Sprint("a row of source ", ids[i]), ok, want)
	}
	listing.Wrote(ids[1])
	if _, ok, done := listing.Row(t.Context(), ids[1]); ok {
		t.Error("what was written meanwhile is answered from before")
	} else {
		done()
	}
}

func TestWriteWhileTheSnapshotIsTakenExcludesTheSource(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	listing := immuta.NewListing(connect(t, tenant))
	ids := addSources(tenant, 2)
	tenant.After("GET", search, func(*fake.Request) { listing.Wrote(ids[0]) })
	defer readers(t, listing, 3)()
	_, ok, done := listing.Row(t.Context(), ids[0])
	done()
	if ok {
		t.Error("the row is older than the write")
	}
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
			tenant := fake.New()
			listing := immuta.NewListing(connect(t, tenant, retries(0)))
			ids := addSources(tenant, immuta.PageSize+1)
			tenant.Fault(fault)
			defer readers(t, listing, 3)()
			for _, id := range ids[:3] {
				_, ok, done := listing.Row(t.Context(), id)
				done()
				if ok {
					t.Error("half a snapshot answers")
				}
			}
			wantCount(t, tenant, "", "", fault.Skip+1)
		})
	}
}

func TestAbsentRowSaysNothing(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	listing := immuta.NewListing(connect(t, tenant))
	ids := addSources(tenant, 2)
	defer readers(t, listing, 4)()
	added := addSource(tenant) // after the snapshot
	for id, want := range map[int64]bool{ids[0]: true, added: false, 1: false} {
		_, ok, done := listing.Row(t.Context(), id)
		done()
		wantEqual(t, fmt.Sprint("a row of source ", id), ok, want)
	}
}

func TestNoListingAnswersNothing(t *testing.T) {
	t.Parallel()
	var listing *immuta.Listing
	listing.Wrote(1)
	for range 10 {
		if _, ok, done := listing.Row(t.Context(), 1); ok || done == nil {
			t.Error("a listing that is off answers")
		}
	}
}

// Whoever gives up neither spoils the snapshot for the others nor for those who come later.
func TestReaderWhoGivesUpDoesNotSpoilTheSnapshot(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]int{"with others": 1, "alone": 0} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			listing := immuta.NewListing(connect(t, tenant, timeout(time.Hour)))
			ids := addSources(tenant, 2)
			var met atomic.Bool
			release := make(chan struct{})
			tenant.Before("GET", search, func(*fake.Request) {
				if met.CompareAndSwap(false, true) {
					<-release
				}
			})
			defer readers(t, listing, 3)()
			ctx, cancel := context.WithCancelCause(t.Context())
			gaveUp, answered := make(chan bool, 1), make(chan bool, 1)
			row := func(ctx context.Context, result chan bool) {
				_, ok, done := listing.Row(ctx, ids[0])
				done()
				result <- ok
			}
			go row(ctx, gaveUp)
			synctest.Wait()
			for range others {
				go row(t.Context(), answered)
			}
			synctest.Wait()
			cancel(errors.New("given up"))
			if <-gaveUp {
				t.Error("who gave up is answered")
			}
			if others == 0 {
				go row(t.Context(), answered)
			}
			synctest.Wait()
			close(release)
			if !<-answered {
				t.Error("who did not give up is not answered")
			}
			wantCount(t, tenant, "GET", search, 2-others)
		})
	}
}
