package immuta_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// s3Says answers every request with a text of a media type.
func s3Says(status int, mediaType, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Etag", `"abc"`)
		w.Header().Set("Last-Modified", "Mon, 05 Nov 2018 21:25:04 GMT")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

// described is the answer that the reference shows for reading an object.
const described = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://doc.s3.amazonaws.com/2006-03-01/">
    <IsTruncated>false</IsTruncated>
    <Marker></Marker>
    <Name>immuta</Name>
    <Prefix>my_data_source/path/to/file</Prefix>
    <MaxKeys>1000</MaxKeys>
    <Delimiter>/</Delimiter>
    <Contents>
        <Key>my_data_source/path/to/file/myfile.json</Key>
        <LastModified>2018-11-05T21:25:04.000Z</LastModified>
        <ETag>5b0810c82a69a70e552cece19b20585fc94b67fe4eaa8b</ETag>
        <Size>389</Size>
        <StorageClass>STANDARD</StorageClass>
        <Owner>
            <ID>Immuta</ID>
            <DisplayName>Immuta</DisplayName>
        </Owner>
    </Contents>
</ListBucketResult>`

func TestObjectIsSniffed(t *testing.T) {
	t.Parallel()
	const folder, key = "my_data_source", "path/to/file/myfile.json"
	for name, test := range map[string]struct {
		mediaType, body string
		content         string // empty: it is only described
	}{
		"the file":                      {"application/json", `{"a":1}`, `{"a":1}`},
		"an XML file":                   {"application/xml", `<ListBucketResult2/>`, `<ListBucketResult2/>`},
		"its description":               {"application/xml", described, ""},
		"its description as plain text": {"text/plain", described, ""},
		"a file that describes another": {"application/xml", strings.ReplaceAll(described, "myfile", "yours"),
			strings.ReplaceAll(described, "myfile", "yours")},
		"a file about a bucket elsewhere": {"application/xml", strings.Replace(described, "<Name>immuta", "<Name>other", 1),
			strings.Replace(described, "<Name>immuta", "<Name>other", 1)},
		"an empty file's bytes": {"application/octet-stream", " ", " "},
	} {
		client := serve(t, s3Says(http.StatusOK, test.mediaType, test.body))
		got, err := client.Object(t.Context(), immuta.DefaultBucket, folder, key, 1<<20)
		if err != nil || string(got.Content) != test.content || (got.Content == nil) != (test.content == "") {
			t.Errorf("%s: content %q, %v", name, got.Content, err)
			continue
		}
		want := "5b0810c82a69a70e552cece19b20585fc94b67fe4eaa8b"
		if test.content != "" {
			want = "abc"
		}
		if got.ETag != want || got.LastModified != "2018-11-05T21:25:04.000Z" || got.Key != folder+"/"+key || got.Size == nil {
			t.Errorf("%s: %+v", name, got.S3Object)
		}
	}
}

func TestObjectRefusals(t *testing.T) {
	t.Parallel()
	read := func(h http.Handler, key string) error {
		_, err := serve(t, h).Object(t.Context(), immuta.DefaultBucket, "f", key, 10)
		return err
	}
	empty := `<ListBucketResult><Name>immuta</Name></ListBucketResult>`
	_, err := serve(t, s3Says(200, "application/xml", empty)).Object(t.Context(), immuta.DefaultBucket, "f", "k", 100)
	wantSaid(t, err, `no object "f/k"`)
	if large, ok := errors.AsType[*immuta.TooLargeError](read(s3Says(200, "text/plain", "eleven bytes"), "k")); !ok || large.Limit != 10 {
		t.Errorf("a large file: %v", large)
	}
	err = read(s3Says(200, "text/html; charset=utf-8", "<html/>"), "k") // a login page
	wantSaid(t, wantAs[*immuta.UnreadableError](t, err), "HTML page")
	if err := read(s3Says(200, "text/html", "<html/>"), "k.HTML"); err != nil {
		t.Errorf("a file that is HTML: %v", err)
	}
	err = read(s3Says(404, "application/xml", `<Error><Code>NoSuchKey</Code><Message>It is gone.</Message></Error>`), "k")
	if !immuta.IsNotFound(err) || !strings.Contains(err.Error(), "NoSuchKey It is gone.") {
		t.Errorf("a refusal in XML: %v", err)
	}
	err = read(s3Says(404, "text/html", `<html><body>Not here.</body></html>`), "k")
	if immuta.IsNotFound(err) {
		t.Errorf("somebody else's page: %v", err)
	}
	// However small the limit, a refusal is read.
	if err := read(s3Says(403, "application/json", `{"statusCode":403,"message":"Forbidden for you."}`), "k"); immuta.StatusOf(err) != 403 ||
		!strings.Contains(err.Error(), "for you") {
		t.Errorf("a refusal in JSON: %v", err)
	}
}

// Keys of every kind are listed once, in both versions, page by page, with and without folders, encoded or not.
func TestObjectsArePaged(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	tenant.AddSource(fake.SourceSpec{Metadata: map[string]any{"bodataTableName": "empty"}})
	var folders []string
	for _, folder := range []string{"a", "b c", "ü+1", "z/%"} {
		id := tenant.AddSource(fake.SourceSpec{Metadata: map[string]any{"bodataTableName": folder}})
		for _, key := range []string{"plain", "two words", "1+1=2", "50%", "deep/er/file", "deep/er/other", "ünïcode 注", "<&>\"'", "x?y#z", "~",
			"\U0010FFFD"} {
			tenant.SetBlob(id, key, fake.Blob{Content: []byte(key)})
		}
		folders = append(folders, folder)
	}
	client := connect(t, tenant)
	all, err := client.Objects(t.Context(), immuta.ObjectSearch{Bucket: immuta.DefaultBucket}, 0)
	wantNoError(t, err)
	if len(all.Objects) != 44 || all.Truncated || len(all.CommonPrefixes) != 0 {
		t.Fatalf("%d objects", len(all.Objects))
	}
	for _, v2 := range []bool{false, true} {
		for _, encoding := range []string{"", "url"} {
			search := immuta.ObjectSearch{Bucket: immuta.DefaultBucket, V2: v2, EncodingType: encoding}
			// Going on by hand from each key arrives at the same list as going on by pages.
			var keys []string
			for range all.Objects {
				page, err := client.Objects(t.Context(), search, 1)
				wantNoError(t, err)
				if len(page.Objects) != 1 || page.Truncated != (len(keys) < 43) {
					t.Fatalf("after %q: %+v", search.StartAfter, page)
				}
				search.StartAfter = page.Objects[0].Key
				keys = append(keys, search.StartAfter)
			}
			for i, object := range all.Objects {
				wantEqual(t, fmt.Sprintf("v2 %t, encoding %q: key %d", v2, encoding, i), keys[i], object.Key)
				if object.Owner == nil {
					t.Errorf("%q has no owner", object.Key)
				}
			}
			// Folders come once, however small the pages are.
			search.StartAfter, search.Delimiter = "", "/"
			small := connect(t, smallPages(tenant))
			list, err := small.Objects(t.Context(), search, 0)
			wantNoError(t, err)
			if want := []string{"a/", "b c/", "z/", "ü+1/"}; !slices.Equal(list.CommonPrefixes, want) || len(list.Objects) != 0 || list.Truncated {
				t.Errorf("v2 %t, encoding %q: folders %q, want %q", v2, encoding, list.CommonPrefixes, want)
			}
			search.Prefix = "b c/"
			list, err = small.Objects(t.Context(), search, 0)
			wantNoError(t, err)
			if len(list.Objects) != 9 || !slices.Equal(list.CommonPrefixes, []string{"b c/deep/"}) {
				t.Errorf("v2 %t, encoding %q: %d objects and %q in a folder", v2, encoding, len(list.Objects), list.CommonPrefixes)
			}
		}
	}
	for _, object := range all.Objects {
		i := slices.IndexFunc(folders, func(folder string) bool { return strings.HasPrefix(object.Key, folder+"/") })
		folder, key := folders[i], strings.TrimPrefix(object.Key, folders[i]+"/")
		got, err := client.Object(t.Context(), immuta.DefaultBucket, folder, key, 1<<20)
		if err != nil || string(got.Content) != key {
			t.Errorf("%q: %q, %v", object.Key, got.Content, err)
		}
	}
}

// smallPages answers one key a page.
func smallPages(tenant http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Set("max-keys", "1")
		r.URL.RawQuery = q.Encode()
		tenant.ServeHTTP(w, r)
	})
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	client := connect(t, fake.New())
	all, err := client.Buckets(t.Context())
	wantNoError(t, err)
	if len(all.Buckets) != 1 || all.Buckets[0].Name != immuta.DefaultBucket || all.Owner == nil || all.Owner.ID != "Immuta" {
		t.Errorf("%+v", all)
	}
	location, err := client.BucketLocation(t.Context(), immuta.DefaultBucket)
	if err != nil || location != "us-east-1" {
		t.Errorf("%q, %v", location, err)
	}
	for _, text := range []string{"", "{}", "<html></html>", "<ListAllMyBucketsResult>"} {
		if _, err := serve(t, s3Says(200, "application/xml", text)).Buckets(t.Context()); err == nil {
			t.Errorf("%q is taken for buckets", text)
		}
	}
}

// The content of objects and blobs is somebody's data: no log holds it, however verbose.
func TestContentIsNotLogged(t *testing.T) {
	t.Parallel()
	const data = "4111-1111-1111-1111"
	log := &records{least: immuta.LevelTrace}
	tenant, client := start(t, log.logger)
	id := int64(tenant.AddSource(fake.SourceSpec{Metadata: map[string]any{"bodataTableName": "f"}}))
	wantNoError(t, client.UploadBlob(t.Context(), id, immuta.Blob{ID: "k", Size: int64(len(data)), Open: opener(data)}))
	object, err := client.Object(t.Context(), immuta.DefaultBucket, "f", "k", 100)
	wantNoError(t, err)
	content, _, err := client.BlobContent(t.Context(), id, "k", 100)
	wantNoError(t, err)
	_, size, err := client.BlobDigest(t.Context(), id, "k")
	wantNoError(t, err)
	if string(object.Content) != data || string(content) != data || size != int64(len(data)) {
		t.Errorf("read %q, %q and %d bytes", object.Content, content, size)
	}
	text := strings.Join(log.lines(), "\n")
	if strings.Contains(text, data) || strings.Contains(text, fake.DefaultAPIKey) {
		t.Errorf("the log says\n%s", text)
	}
	for _, path := range []string{"/s3p/immuta/f/k", "/blob/k"} {
		if !strings.Contains(text, path) {
			t.Errorf("%s is missing in the log\n%s", path, text)
		}
	}
}
