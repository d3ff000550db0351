package immuta

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Blob is a file that is to be stored in a source whose data are objects. Empty fields are not sent.
type Blob struct {
	ID       string
	Filename string
	Tags     []string
	Date     string
	Size     int64
	// Open gives the content, from its beginning, each time that it is called.
	Open func() (io.ReadCloser, error)
	// Persist stores the content in Immuta, and not only what is known of it.
	Persist bool
}

// blobPath keeps the slashes of a blob's id, which are part of the path (M).
func blobPath(sourceID int64, blobID string) string {
	return sourcePath(sourceID) + "/blob/" + escapeSegments(blobID, url.PathEscape)
}

// UploadBlob stores a blob: POST /dataSource/{id}/persistBlob, or /blobs (M), as multipart/form-data with one field for each
// tag (L: no encoding is documented). The content is read while it is sent. A [IsNotFound] error means that the source does
// not exist.
func (c *Client) UploadBlob(ctx context.Context, sourceID int64, b Blob) error {
	form := &upload{fileKey: "file", fileName: path.Base(b.ID), open: b.Open, size: b.Size}
	form.add("blobId", b.ID)
	form.add("filename", b.Filename)
	form.add("tags", b.Tags...)
	form.add("date", b.Date)
	form.add("filesize", strconv.FormatInt(b.Size, 10))
	r := request{method: http.MethodPost, path: sourcePath(sourceID) + "/blobs", upload: form}
	if b.Persist {
		r.path = sourcePath(sourceID) + "/persistBlob"
	}
	var out uploaded
	if err := c.call(ctx, r, &out); err != nil {
		return c.orMissingRoute(ctx, sourceID, err)
	}
	// A failure may come in an answer with status 2xx (M). What an entry looks like is not documented.
	if failed := Lookup[many[json.RawMessage]](out.keys, "blobsInError").Get(); len(failed) > 0 {
		return &DeclinedError{Request: r.String(), Reason: "blobsInError: " + c.excerpt([]byte(joined(failed)))}
	}
	if n := Lookup[Int](out.keys, "blobsWithoutIds").Get(); n > 0 {
		return &DeclinedError{Request: r.String(), Reason: "the blob was stored without its id"}
	}
	return nil
}

// uploaded is the answer of an upload (M). One that tells nothing of blobs does not show that one was stored.
type uploaded struct{ evidence }

func (u *uploaded) lacks() string {
	return unless(hasAny(u.keys, "blobsInserted", "blobsInError", "blobsWithoutIds"), "tells nothing of blobs")
}

func joined(entries []json.RawMessage) string {
	texts := make([]string, 0, len(entries))
	for _, entry := range entries {
		texts = append(texts, string(entry))
	}
	return strings.Join(texts, ", ")
}

// LookForBlob asks whether a blob is there: nil means that it is, [IsNotFound] that it or its source is not. Only GET is
// documented (M), which answers the content, so no more is read of the answer than keeps the connection in use.
func (c *Client) LookForBlob(ctx context.Context, sourceID int64, blobID string) error {
	const small = 64 << 10
	return c.takeBlob(ctx, sourceID, blobID, func(content io.Reader) error {
		// What breaks off here was there all the same.
		_, _ = io.CopyN(io.Discard, content, small)
		return nil
	})
}

// BlobDigest reads a blob to tell its size and its SHA-256, in hexadecimal.
func (c *Client) BlobDigest(ctx context.Context, sourceID int64, blobID string) (sum string, size int64, err error) {
	err = c.takeBlob(ctx, sourceID, blobID, func(content io.Reader) (err error) {
		hash := sha256.New()
		size, err = io.Copy(hash, content)
		sum = hex.EncodeToString(hash.Sum(nil))
		return err
	})
	return sum, size, err
}

func (c *Client) takeBlob(ctx context.Context, sourceID int64, blobID string, take func(io.Reader) error) error {
	r := request{method: http.MethodGet, path: blobPath(sourceID, blobID), accept: "*/*", take: take}
	_, err := c.send(ctx, r)
	return c.orUnknownRoute(ctx, sourceID, err)
}

// DeleteBlob deletes a blob.
func (c *Client) DeleteBlob(ctx context.Context, sourceID int64, blobID string) error {
	return c.deleteOnce(ctx, sourceID, blobPath(sourceID, blobID), func(ctx context.Context, doubt error) error {
		err := c.LookForBlob(ctx, sourceID, blobID)
		if IsMissingRoute(err) && !IsNotFound(doubt) {
			// The DELETE was not refused in the same words, so the tenant has blobs: this is the blob that is gone.
			return &AbsentError{Request: http.MethodGet + " " + blobPath(sourceID, blobID), What: "blob"}
		}
		return err
	})
}

// BlobContent reads a blob of at most so many bytes: GET /dataSource/{id}/blob/{blobId} (M).
func (c *Client) BlobContent(ctx context.Context, sourceID int64, blobID string, most int64) (content []byte, mediaType string, err error) {
	r := request{method: http.MethodGet, path: blobPath(sourceID, blobID), accept: "*/*", cap: most}
	a, err := c.send(ctx, r)
	if err != nil {
		return nil, "", c.orUnknownRoute(ctx, sourceID, err)
	}
	if err := c.checkFile(r, a, blobID); err != nil {
		return nil, "", err
	}
	return a.body, a.header.Get("Content-Type"), nil
}

// upload is a body of multipart/form-data: fields, and a file that is read while it is sent. Every attempt reads it anew.
type upload struct {
	fields [][2]string
	// fileKey is the file's field, fileName the name that goes along.
	fileKey, fileName string
	open              func() (io.ReadCloser, error)
	size              int64
}

// add adds a field for each value that is not empty.
func (u *upload) add(key string, values ...string) {
	for _, value := range values {
		if value != "" {
			u.fields = append(u.fields, [2]string{key, value})
		}
	}
}

// attach makes the upload the body of a request. Its length is known beforehand, because not every gateway takes a body
// in chunks.
func (u *upload) attach(req *http.Request) error {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	for _, field := range u.fields {
		if err := form.WriteField(field[0], field[1]); err != nil {
			return err
		}
	}
	if _, err := form.CreateFormFile(u.fileKey, u.fileName); err != nil {
		return err
	}
	before := head.Len()
	if err := form.Close(); err != nil {
		return err
	}
	front, back := head.Bytes()[:before], head.Bytes()[before:]
	body := func() (io.ReadCloser, error) {
		file, err := u.open()
		if err != nil {
			return nil, fmt.Errorf("opening the file: %w", err)
		}
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(front), file, bytes.NewReader(back)), file}, nil
	}
	first, err := body()
	if err != nil {
		return err
	}
	req.Body, req.GetBody = first, body
	req.ContentLength = int64(len(front)) + u.size + int64(len(back))
	req.Header.Set("Content-Type", form.FormDataContentType())
	return nil
}
