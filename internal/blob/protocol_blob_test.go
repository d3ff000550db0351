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

// world is a bench with a file.
type world struct {
	*acctest.Bench
	t    *testing.T
	file string
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	bench := acctest.NewBench(t, resourceType, options...).With(map[string]any{"max_retries": 0})
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
	config := w.config().With("filename", "Orders").With("tags", []any{"b", "a"}).With("date", "2026-01-05T00:00:00Z")
	plan := w.Planned(w.Absent(), config)
	acctest.WantAttributes(t, plan.Planned, map[string]any{"content_sha256": sum("id,total\n1,2\n")})
	w.wantCalls()
	r := w.Applied(w.Absent(), config)
	w.wantCalls("GET /dataSource/*/blob/"+escapedID, "POST /dataSource/*/persistBlob")
	want := fake.Blob{Content: []byte("id,total\n1,2\n"), Filename: "Orders", Tags: []string{"a", "b"}, Date: "2026-01-05T00:00:00Z", Persisted: true}
	if diff := cmp.Diff(want, w.only()); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	acctest.WantAttributes(t, r.State, map[string]any{"id": blobID, "blob_id": blobID, "filesize": int64(13), "content_sha256": sum("id,total\n1,2\n"), "persist": nil})
	r = w.PlansEmpty(r, config)
	w.wantCalls("GET /dataSource/*/blob/" + escapedID)

	// The same content from elsewhere costs nothing.
	moved := config.Without("source").With("content_base64", base64.StdEncoding.EncodeToString(want.Content))
	r = w.Settled(r, moved)
	r = w.Settled(r, config)
	r = w.Settled(r, config.With("persist", true))
	if writes := w.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("%q", writes.Lines())
	}

	// Everything else replaces.
	for at, value := range map[string]any{
		"filename": "Other", "tags": []any{"a"}, "date": "2026-01-06T00:00:00Z", "persist": false, "blob_id": "other", "data_source_id": 5,
	} {
		w.Replaces(r, config.With(at, value), at)
	}
	w.write("id,total\n1,3\n")
	plan = w.Planned(r, config)
	if len(plan.Replaces) != 1 || !strings.Contains(plan.Replaces[0], "content_sha256") || acctest.Get(plan.Planned, "content_sha256") != sum("id,total\n1,3\n") {
		t.Errorf("a changed file replaces %q", plan.Replaces)
	}
	plan = w.Planned(r, config.With("source", acctest.Unknown))
	if len(plan.Replaces) != 1 || acctest.Get(plan.Planned, "filesize") != acctest.Unknown {
		t.Errorf("a file that is not known replaces %q", plan.Replaces)
	}

	w.Tenant.ResetJournal()
	r = w.Applied(r, nil)
	// The answer to a DELETE is empty, which proves nothing.
	w.wantCalls("DELETE /dataSource/*/blob/"+escapedID, "GET /dataSource/*/blob/"+escapedID, "GET /bim/rpc/user/current", "GET /dataSource/*")
	if r.Exists() || len(w.Tenant.Blobs(w.Source)) > 0 {
		t.Error("the blob is still there")
	}
}

func TestMetadataOnly(t *testing.T) {
	w := newWorld(t)
	w.write("")
	config := w.config().With("persist", false)
	r := w.Created(config)
	if blob := w.only(); blob.Persisted || len(blob.Content) != 0 || blob.Tags != nil {
		t.Errorf("the tenant has %+v", blob)
	}
	acctest.WantAttributes(t, r.State, map[string]any{"filesize": int64(0)})
	plan := w.Planned(r, config.Without("persist"))
	if len(plan.Replaces) != 1 {
		t.Errorf("the default of persist replaces %q", plan.Replaces)
	}
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	w.Tenant.SetBlob(w.Source, blobID, fake.Blob{Content: []byte("id,total\n1,2\n"), Filename: "Orders"})
	r := w.ByID(fmt.Sprintf("%d/%s", w.Source, blobID))
	same := w.ByIdentity(map[string]any{"data_source_id": w.Source, "blob_id": blobID})
	if !r.State.Equal(same.State) || acctest.Get(r.State, "content_sha256") != sum("id,total\n1,2\n") || acctest.Get(r.State, "filesize") != int64(13) {
		t.Errorf("the imports are %s, %s", r.State, same.State)
	}

	// The content was read, so the same file is known to be the same; the rest is believed, once.
	config := w.config().With("filename", "Orders").With("persist", false)
	w.Tenant.ResetJournal()
	r, diags := w.Apply(r, config)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "filename", "Written down without looking")
	diags.WantWarningAt(t, "persist", "Written down without looking")
	w.WantNoWrites()
	r = w.PlansEmpty(r, config)
	w.Replaces(r, config.With("filename", "Other"), "filename")
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
	w.Validate(resourceType, w.config().With("source", acctest.Unknown).With("blob_id", acctest.Unknown).With("tags", acctest.Unknown)).WantNone(t)
	for _, id := range []string{"", "/a", "a/", "a//b", ".", "a/../b", "..", "../../tasks/4101"} {
		w.Validate(resourceType, w.config().With("blob_id", id)).WantErrorAt(t, "blob_id", "Malformed blob id")
	}
	for _, id := range []string{"a", "a/b", "...", "a..b", "ü?#%"} {
		w.Validate(resourceType, w.config().With("blob_id", id)).WantNone(t)
	}
	for at, c := range map[string]struct {
		value any
		says  string
	}{
		"data_source_id": {0, "at least 1"}, "source": {"", "at least 1"}, "filename": {"", "at least 1"}, "tags": {[]any{}, "at least 1"}, "date": {"yesterday", "RFC3339"},
	} {
		w.Validate(resourceType, w.config().With(at, c.value)).WantErrorAt(t, at, c.says)
	}
	w.Validate(resourceType, w.config().With("tags", []any{""})).WantError(t, "at least 1")
	w.Validate(resourceType, w.config().Without("source")).WantError(t, "Exactly one of these attributes must be configured: [source,content_base64]")
	w.Validate(resourceType, w.config().With("content_base64", "QQ==")).WantError(t, "Exactly one of these attributes must be configured")
	w.Validate(resourceType, w.config().Without("source").With("content_base64", "a b")).WantErrorAt(t, "content_base64", "not base64")
}

func TestContentErrors(t *testing.T) {
	w := newWorld(t)
	w.TryPlan(w.Absent(), w.config().With("source", filepath.Join(t.TempDir(), "none"))).WantErrorAt(t, "source", "no such file", "must be there when planning")
	w.TryPlan(w.Absent(), w.config().With("source", t.TempDir())).WantErrorAt(t, "source", "no regular file")

	// A sparse file is over the limit without taking up room.
	if err := os.Truncate(w.file, 100<<20+1); err != nil {
		t.Fatal(err)
	}
	w.TryPlan(w.Absent(), w.config()).WantErrorAt(t, "source", "larger than 100 MiB")
	w.wantCalls()

	// A file that changes after the plan is not what the user agreed to.
	w.write("planned")
	config := w.config()
	w.Tenant.Before("GET", "/dataSource/**", func(*fake.Request) { t.Error("a request was made for a file that has changed") })
	_, diags := w.applyAfter(config, func() { w.write("changed") })
	diags.WantErrorAt(t, "source", "changed since it was planned")
}

// applyAfter changes something between the plan and the apply.
func (w world) applyAfter(config acctest.Config, change func()) (acctest.Resource, acctest.Diagnostics) {
	w.t.Helper()
	plan := w.Planned(w.Absent(), config)
	change()
	return w.ApplyPlan(w.Absent(), plan, config)
}

func TestTakenBlob(t *testing.T) {
	w := newWorld(t)
	w.Tenant.SetBlob(w.Source, blobID, fake.Blob{Content: []byte("hers")})
	r, diags := w.Apply(w.Absent(), w.config())
	diags.WantErrorAt(t, "blob_id", "is there already", fmt.Sprintf("terraform import immuta_blob.<name> '%d/%s'", w.Source, blobID))
	if r.Exists() || string(w.only().Content) != "hers" {
		t.Error("a taken blob was touched")
	}
}

func TestErrors(t *testing.T) {
	w := newWorld(t)
	w.TryApply(w.Absent(), w.config().With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")

	// A failure in an answer with status 200.
	w.Tenant.FailBlob(blobID, "no columns in it")
	r, diags := w.Apply(w.Absent(), w.config())
	diags.WantError(t, "Uploading the blob", "blobsInError", "no columns in it")
	if r.Exists() {
		t.Error("a blob that was not stored is in the state")
	}
	w.Tenant.FailBlob(blobID, "")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: `{"blobsWithoutIds": "1"}`})
	w.TryApply(w.Absent(), w.config()).WantError(t, "without its id")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: `{"message": "Invalid", "validation": [{"path": "tags", "message": "no such tag"}]}`})
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
	p := w.Env.Protocol(nil)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: http.StatusTooManyRequests, Times: 2})
	p.Applied(w.Absent(), w.config())
	if got := w.Tenant.Journal().Count("POST", ""); got != 3 || string(w.only().Content) != "id,total\n1,2\n" {
		t.Errorf("%d attempts, the content is %q", got, w.only().Content)
	}
}
