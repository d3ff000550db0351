package immuta_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const benchmarked = 5000 // sources

// BenchmarkGet reads one source after the other, over loopback.
func BenchmarkGet(b *testing.B) {
	tenant := fake.New()
	client := serve(b, tenant)
	ids := addSources(tenant, benchmarked)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := client.Source(b.Context(), ids[n%len(ids)]); err != nil {
			b.Fatal(err)
		}
		if n++; n%len(ids) == 0 {
			tenant.ResetJournal()
		}
	}
}

// BenchmarkListing answers reads of all sources from one snapshot, taken over loopback.
func BenchmarkListing(b *testing.B) {
	tenant := fake.New()
	client := serve(b, tenant)
	ids := addSources(tenant, benchmarked)
	b.ReportAllocs()
	for b.Loop() {
		listing := immuta.NewListing(client)
		ends := make([]func(), 0, len(ids))
		answered := 0
		for _, id := range ids {
			_, ok, done := listing.Row(b.Context(), id)
			ends = append(ends, done)
			if ok {
				answered++
			}
		}
		for _, done := range ends {
			done()
		}
		if answered < len(ids)-10 {
			b.Fatalf("%d of %d reads are answered", answered, len(ids))
		}
		if got := tenant.Journal().Count("GET", search); got != len(ids)/immuta.PageSize {
			b.Fatalf("%d requests, want %d", got, len(ids)/immuta.PageSize)
		}
		tenant.ResetJournal()
	}
}
