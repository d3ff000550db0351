package immuta_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func opener(content string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

// endless is n bytes that are nowhere in memory.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	k := min(int64(len(p)), e.n)
	e.n -= k
	return int(k), nil
}

// TestBlobsAreStreamed uploads and reads back much more than is allocated meanwhile. It must not run beside others.
func TestBlobsAreStreamed(t *testing.T) {
	const size = 256 << 20
	var length int64
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.Copy(w, &endless{size})
			return
		}
		length = r.ContentLength
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"blobsInserted": ["large"]}`)
	}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := client.UploadBlob(t.Context(), 57, immuta.Blob{
		ID: "large", Size: size, Open: func() (io.ReadCloser, error) { return io.NopCloser(&endless{size}), nil },
	})
	wantNoError(t, err)
	_, got, err := client.BlobDigest(t.Context(), 57, "large")
	wantNoError(t, err)
	wantNoError(t, client.LookForBlob(t.Context(), 57, "large"))
	runtime.ReadMemStats(&after)
	if length <= size || got != size {
		t.Errorf("sent were %d bytes, read %d", length, got)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d MiB were allocated", used>>20)
	}
}

func TestUploadSendsTheFileAnew(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	id := tenant.AddSource(fake.SourceSpec{})
	opened, closed := 0, 0
	blob := immuta.Blob{
		ID: "a/b", Filename: "B", Tags: []string{"x", "y"}, Date: "2026-01-05T00:00:00Z", Size: 5,
		Open: func() (io.ReadCloser, error) {
			opened++
			return closer{strings.NewReader("hello"), &closed}, nil
		},
	}
	tenant.Fault(fake.Fault{Status: http.StatusTooManyRequests, Times: 2})
	wantNoError(t, serve(t, tenant).UploadBlob(t.Context(), int64(id), blob))
	want := map[string]fake.Blob{"a/b": {Content: []byte("hello"), Filename: "B", Tags: []string{"x", "y"}, Date: "2026-01-05T00:00:00Z"}}
	wantEqual(t, "the tenant", tenant.Blobs(id), want)
	if opened != 3 || closed != 3 {
		t.Errorf("the file was opened %d times and closed %d times", opened, closed)
	}
}

type closer struct {
	io.Reader
	closed *int
}

func (c closer) Close() error {
	*c.closed++
	return nil
}

func TestUploadOfAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	gone := errors.New("gone")
	err := connect(t, tenant).UploadBlob(t.Context(), 57, immuta.Blob{ID: "a", Open: func() (io.ReadCloser, error) { return nil, gone }})
	if !errors.Is(err, gone) || immuta.IsUncertain(err) || len(tenant.Journal()) > 0 {
		t.Errorf("%v, %q", err, tenant.Journal().Lines())
	}
	// A file that has become shorter than it was said to be is not sent as it is.
	id := tenant.AddSource(fake.SourceSpec{})
	err = serve(t, tenant, retries(0)).UploadBlob(t.Context(), int64(id), immuta.Blob{ID: "a", Size: 10, Open: opener("short")})
	if err == nil || len(tenant.Blobs(id)) > 0 {
		t.Errorf("%v, %+v", err, tenant.Blobs(id))
	}
}

func TestBlobsThatAreMissing(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]struct{ gone, missing bool }{
		"Blob not found: a": {gone: true}, "Not Found": {missing: true}, "not found.": {missing: true},
	} {
		tenant := fake.New()
		id := tenant.AddSource(fake.SourceSpec{})
		tenant.Fault(fake.Fault{Status: http.StatusNotFound, Message: message})
		err := connect(t, tenant).LookForBlob(t.Context(), int64(id), "a")
		if immuta.IsNotFound(err) != want.gone || immuta.IsMissingRoute(err) != want.missing {
			t.Errorf("%s: %v", message, err)
		}
	}
	// With its source, a blob is gone whatever the words.
	tenant := fake.New(fake.Without(fake.Blobs))
	if err := connect(t, tenant).LookForBlob(t.Context(), 57, "a"); !immuta.IsNotFound(err) {
		t.Error(err)
	}
	// What cannot be looked up proves nothing.
	tenant.Fault(fake.Fault{Path: "/dataSource/57", Status: http.StatusForbidden})
	if err := connect(t, tenant).LookForBlob(t.Context(), 57, "a"); err == nil || immuta.IsNotFound(err) || immuta.IsMissingRoute(err) {
		t.Error(err)
	}
}
