package search_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// counted counts the bytes of answers.
type counted struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	c.bytes.Add(int64(len(b)))
	return c.ResponseWriter.Write(b)
}

// BenchmarkSearch reads 2,500 of 5,000 sources through the provider, as Terraform does, and counts what that costs the tenant and
// the network.
func BenchmarkSearch(b *testing.B) {
	for name, config := range map[string]map[string]any{
		"rows": {"search_text": "Wanted", "name_only": true},
		"ids":  {"search_text": "Wanted", "name_only": true, "id_only": true},
	} {
		b.Run(name, func(b *testing.B) {
			var bytes atomic.Int64
			env := acctest.NewSerial(b)
			for i := range 5000 {
				env.Tenant.AddSource(fake.SourceSpec{Name: fmt.Sprintf("%s %d", []string{"Wanted", "Other"}[i%2], i)})
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				env.Tenant.ServeHTTP(counted{w, &bytes}, r)
			}))
			b.Cleanup(server.Close)
			env.Tenant.ResetJournal()
			p := env.Protocol(map[string]any{"host": server.URL})
			for b.Loop() {
				if state := p.Answered("immuta_data_sources", config); acctest.Get(state, "total") != int64(2500) {
					b.Fatal("not all are found")
				}
			}
			b.ReportMetric(float64(len(env.Tenant.Journal()))/float64(b.N), "requests/op")
			b.ReportMetric(float64(bytes.Load())/float64(b.N), "answered-B/op")
		})
	}
}
