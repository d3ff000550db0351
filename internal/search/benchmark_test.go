package search_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
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

// half is a tenant with 5,000 sources, every other one of which is called "Wanted", and the bytes that it has answered.
func half(b *testing.B) (env *acctest.Env, host string, bytes *atomic.Int64) {
	env, bytes = acctest.NewSerial(b), &atomic.Int64{}
	for i := range 5000 {
		env.Tenant.AddSource(fake.SourceSpec{Name: fmt.Sprintf("%s %d", []string{"Wanted", "Other"}[i%2], i)})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		env.Tenant.ServeHTTP(counted{w, bytes}, r)
	}))
	b.Cleanup(server.Close)
	env.Tenant.ResetJournal()
	return env, server.URL, bytes
}

// report adds what one search costs the tenant and the network.
func report(b *testing.B, env *acctest.Env, bytes *atomic.Int64) {
	b.ReportMetric(float64(len(env.Tenant.Journal()))/float64(b.N), "requests/op")
	b.ReportMetric(float64(bytes.Load())/float64(b.N), "answered-B/op")
}

// BenchmarkSearch reads 2,500 of 5,000 sources through the provider, as Terraform does.
func BenchmarkSearch(b *testing.B) {
	for name, config := range map[string]map[string]any{
		"rows": {"search_text": "Wanted", "name_only": true},
		"ids":  {"search_text": "Wanted", "name_only": true, "id_only": true},
	} {
		b.Run(name, func(b *testing.B) {
			env, host, bytes := half(b)
			p := env.Protocol(map[string]any{"host": host})
			for b.Loop() {
				state := p.Answered("immuta_data_sources", config)
				if acctest.Get(state, "total") != int64(2500) {
					b.Fatal("not all are found")
				}
			}
			report(b, env, bytes)
		})
	}
}

// BenchmarkSearchClient is the part of BenchmarkSearch without Terraform's own work.
func BenchmarkSearchClient(b *testing.B) {
	env, host, bytes := half(b)
	client, err := immuta.New(immuta.Config{Host: host, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1})
	if err != nil {
		b.Fatal(err)
	}
	nameOnly := true
	for b.Loop() {
		found, err := client.FindSources(b.Context(), immuta.Search{Text: "Wanted", NameOnly: &nameOnly}, 0)
		if err != nil || len(found.Items) != 2500 {
			b.Fatal(len(found.Items), err)
		}
	}
	report(b, env, bytes)
}

// BenchmarkSearchTenant is the part of it that the in-memory tenant takes.
func BenchmarkSearchTenant(b *testing.B) {
	env, host, bytes := half(b)
	for b.Loop() {
		for offset := 0; offset < 2500; offset += immuta.PageSize {
			url := fmt.Sprintf("%s/dataSource?searchText=Wanted&nameOnly=true&size=200&offset=%d", host, offset)
			request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Authorization", fake.DefaultAPIKey)
			resp, err := http.DefaultClient.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	report(b, env, bytes)
}
