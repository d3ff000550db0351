package blob_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_blob"

type attrs = map[string]any

// world is a bench with a file.
type world struct {
	*acctest.Bench
	t    *testing.T
	file string
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	bench := acctest.NewBench(t, resourceType, options...).With(attrs{"max_retries": 0})
	w := world{bench, t, filepath.Join(t.TempDir(), "orders.csv")}
	w.write("id,total\n1,2\n")
	return w
}

func (w world) write(content string) {
	w.t.Helper()
	if err := os.WriteFile(w.file, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

const blobID = "2026/01/orders & more.csv"

func (w world) config() acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "blob_id": blobID, "source": w.file}
}

// only is the only blob of the tenant.
func (w world) only() fake.Blob {
	w.t.Helper()
	all := w.Tenant.Blobs(w.Source)
	if blob, ok := all[blobID]; ok && len(all) == 1 {
		return blob
	}
	w.t.Fatalf("want one blob: %+v", all)
	return fake.Blob{}
}

func (w world) wantCalls(want ...string) {
	w.t.Helper()
	var got []string
	for _, request := range w.Tenant.Journal() {
		got = append(got, fmt.Sprintf("%s %s", request.Method, strings.Replace(request.EscapedPath, fmt.Sprint(w.Source), "*", 1)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Fatalf("requests (-want +got):\n%s", diff)
	}
	w.Tenant.ResetJournal()
}

func sum(content string) string {
	digest := sha256.Sum256([]byte(content))
	return hex.EncodeToString(digest[:])
}

const escapedID = "2026/01/orders%20&%20more.csv"

func TestLifecycle(t *testing.T) {
	w := newWorld(t)
	config := w.config().With("file_name", "Orders").With("tags", []any{"b", "a"}).With("date", "2026-01-05T00:00:00Z")
	plan := w.Planned(w.Absent(), config)
	acctest.WantAttributes(t, plan.Planned, attrs{"id": blobID, "content_sha256": sum("id,total\n1,2\n")})
	w.wantCalls()
	r := w.Applied(w.Absent(), config)
	w.wantCalls("GET /dataSource/*/blob/"+escapedID, "POST /dataSource/*/persistBlob")
	want := fake.Blob{
		Content: []byte("id,total\n1,2\n"), Filename: "Orders", Tags: []string{"a", "b"}, Date: "2026-01-05T00:00:00Z", Persisted: true,
	}
	if diff := cmp.Diff(want, w.only()); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	acctest.WantAttributes(t, r.State, attrs{
		"id": blobID, "blob_id": blobID, "filesize": 13, "content_sha256": sum("id,total\n1,2\n"), "persist": true,
	})
	r = w.PlansEmpty(r, config)
	w.wantCalls("GET /dataSource/*/blob/" + escapedID)

	// The same content from elsewhere costs nothing.
	moved := config.Without("source").With("content_base64", base64.StdEncoding.EncodeToString(want.Content))
	r = w.Settled(r, moved)
	r = w.Settled(r, config)
	r = w.PlansNothing(r, config.With("persist", true))
	// So does content that is given no more, as long as it is not needed.
	r = w.Settled(r, config.Without("source"))
	w.Replaces(r, config.Without("source").With("file_name", "Other"), "file_name")
	r = w.Settled(r, config)
	w.WantNoWrites()

	// Everything else replaces.
	for at, value := range map[string]any{
		"file_name": "Other", "tags": []any{"a"}, "date": "2026-01-06T00:00:00Z", "persist": false, "blob_id": "other", "data_source_id": 5,
	} {
		w.Replaces(r, config.With(at, value), at)
	}
	w.write("id,total\n1,3\n")
	w.Replaces(r, config, "content_sha256")
	acctest.WantAttributes(t, w.Planned(r, config).Planned, attrs{"content_sha256": sum("id,total\n1,3\n")})
	// A file that is not known yet may be another one.
	w.Replaces(r, config.With("source", acctest.Unknown), "content_sha256")
	acctest.WantAttributes(t, w.Planned(r, config.With("source", acctest.Unknown)).Planned, attrs{"filesize": acctest.Unknown})

	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	// The answer to a DELETE is empty, which proves nothing.
	const path = "/dataSource/*/blob/" + escapedID
	w.wantCalls("DELETE "+path, "GET "+path, "GET /bim/rpc/user/current", "GET /dataSource/*")
}

func TestMetadataOnly(t *testing.T) {
	w := newWorld(t)
	w.write("")
	config := w.config().With("persist", false)
	r := w.Created(config)
	if blob := w.only(); blob.Persisted || len(blob.Content) != 0 || blob.Tags != nil {
		t.Errorf("the tenant has %+v", blob)
	}
	w.Want(r, "filesize", 0)
	w.Replaces(r, config.Without("persist"), "persist")
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	w.Tenant.SetBlob(w.Source, blobID, fake.Blob{Content: []byte("id,total\n1,2\n"), Filename: "Orders"})
	r := w.ByID(fmt.Sprintf("%d/%s", w.Source, blobID))
	same := w.ByIdentity(attrs{"data_source_id": w.Source, "blob_id": blobID})
	same.Same(t, r)
	w.PlansEmpty(r, w.config().Without("source"))
	w.PlansEmpty(r, w.config().Without("source").With("persist", true))
	acctest.WantAttributes(t, r.State, attrs{"content_sha256": sum("id,total\n1,2\n"), "filesize": 13})

	// The content was read, so the same file is known to be the same; the rest is believed, once.
	config := w.config().With("file_name", "Orders").With("persist", false)
	w.Tenant.ResetJournal()
	r, diags := w.Apply(r, config)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "file_name", "Written down without looking")
	diags.WantWarningAt(t, "persist", "Written down without looking")
	w.WantNoWrites()
	r = w.PlansEmpty(r, config)
	w.Replaces(r, config.With("file_name", "Other"), "file_name")
	w.write("changed")
	w.Replaces(same, config, "content_sha256")

	for _, id := range []string{"57", "57/", "x/a"} {
		w.TryImport(resourceType, id).WantError(t, "Malformed import id", "57/2026/orders.csv")
	}
	w.TryImport(resourceType, "57/../../58").WantError(t, "Malformed blob id")
	w.NothingToImport(fmt.Sprintf("%d/none", w.Source), `blob "none" of data source`)
}

func TestValidators(t *testing.T) {
	w := newWorld(t)
	w.Validate(resourceType, w.config()).WantNone(t)
	unknown := acctest.Config{"source": acctest.Unknown, "blob_id": acctest.Unknown, "tags": acctest.Unknown}
	w.Validate(resourceType, w.config().Merge(unknown)).WantNone(t)
	for _, id := range []string{"", "/a", "a/", "a//b", ".", "a/../b", "..", "../../tasks/4101"} {
		w.Validate(resourceType, w.config().With("blob_id", id)).WantErrorAt(t, "blob_id", "Malformed blob id")
	}
	for _, id := range []string{"a", "a/b", "...", "a..b", "ü?#%"} {
		w.Validate(resourceType, w.config().With("blob_id", id)).WantNone(t)
	}
	for at, value := range map[string]any{"data_source_id": 0, "source": "", "file_name": "", "tags": []any{}} {
		w.Validate(resourceType, w.config().With(at, value)).WantErrorAt(t, at, "at least 1")
	}
	w.Validate(resourceType, w.config().With("tags", []any{""})).WantError(t, "at least 1")
	w.Validate(resourceType, w.config().With("date", "yesterday")).WantErrorAt(t, "date", "RFC3339")
	w.Validate(resourceType, w.config().With("content_base64", "QQ==")).WantError(t, "cannot be configured together: [source,content_base64]")
	w.TryPlan(w.Absent(), w.config().Without("source")).WantErrorAt(t, "source", "The content is missing", "content_base64")
	w.Validate(resourceType, w.config().Without("source").With("content_base64", "a b")).WantErrorAt(t, "content_base64", "not base64")
}

func TestContentErrors(t *testing.T) {
	w := newWorld(t)
	missing := w.config().With("source", filepath.Join(t.TempDir(), "none"))
	w.TryPlan(w.Absent(), missing).WantErrorAt(t, "source", "no such file", "must be there when planning")
	w.TryPlan(w.Absent(), w.config().With("source", t.TempDir())).WantErrorAt(t, "source", "no regular file")

	// A sparse file is over the limit without taking up room.
	if err := os.Truncate(w.file, 100<<20+1); err != nil {
		t.Fatal(err)
	}
	w.TryPlan(w.Absent(), w.config()).WantErrorAt(t, "source", "larger than 100 MiB")
	w.wantCalls()

	// A file that changes after the plan is not what the user agreed to.
	w.write("planned")
	w.Tenant.Before("GET", "/dataSource/**", func(*fake.Request) { t.Error("a request was made for a file that has changed") })
	plan := w.Planned(w.Absent(), w.config())
	w.write("changed")
	_, diags := w.ApplyPlan(w.Absent(), plan, w.config())
	diags.WantErrorAt(t, "source", "changed since it was planned")
}

func TestTakenBlob(t *testing.T) {
	w := newWorld(t)
	w.Tenant.SetBlob(w.Source, blobID, fake.Blob{Content: []byte("hers")})
	w.TryApply(w.Absent(), w.config()).
		WantErrorAt(t, "blob_id", "is there already", fmt.Sprintf("import {\n    to = immuta_blob.<name>\n    id = \"%d/%s\"", w.Source, blobID))
	w.WantNoWrites()
}

func TestErrors(t *testing.T) {
	w := newWorld(t)
	w.TryApply(w.Absent(), w.config().With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")

	// A failure in an answer with status 200.
	w.Tenant.FailBlob(blobID, "no columns in it")
	w.TryApply(w.Absent(), w.config()).WantError(t, "Uploading the blob", "blobsInError", "no columns in it")
	w.Tenant.FailBlob(blobID, "")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: `{"blobsWithoutIds": "1"}`})
	w.TryApply(w.Absent(), w.config()).WantError(t, "without its id")
	const invalid = `{"message": "Invalid", "validation": [{"path": "tags", "message": "no such tag"}]}`
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: invalid})
	w.TryApply(w.Absent(), w.config()).WantErrorAt(t, "tags", "no such tag")
	w.Tenant.Fault(fake.Fault{Method: "GET", Status: 403})
	w.TryApply(w.Absent(), w.config()).WantError(t, "may not do this")
	if all := w.Tenant.Blobs(w.Source); len(all) > 0 {
		t.Errorf("the tenant has %+v", all)
	}
}

func TestTenantsWithoutBlobs(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config())
	w.Tenant.Configure(fake.Without(fake.Blobs))
	says := []string{"the tenant has no such call", "Later versions of Immuta have dropped", "terraform state rm"}
	w.TryRefresh(r).WantError(t, says...)
	w.TryApply(w.Absent(), w.config().With("blob_id", "other")).WantError(t, says...)
}

// TestRetriedUpload asserts that an attempt which is repeated sends the whole file again.
func TestRetriedUpload(t *testing.T) {
	w := newWorld(t)
	p := w.With(nil)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: http.StatusTooManyRequests, Times: 2})
	p.Applied(w.Absent(), w.config())
	if got := w.Tenant.Journal().Count("POST", ""); got != 3 || string(w.only().Content) != "id,total\n1,2\n" {
		t.Errorf("%d attempts, the content is %q", got, w.only().Content)
	}
}
