package fake

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A Blob is a file in a source.
type Blob struct {
	Content   []byte
	Filename  string
	Tags      []string
	Date      string
	Persisted bool
}

type blobState struct {
	*shelf[map[string]*Blob]
	failing map[string]string // why, by the blob's id
}

var blobs = &slot[blobState]{fresh: func() *blobState {
	return &blobState{shelf: newShelf[map[string]*Blob](0), failing: map[string]string{}}
}}

func blobNoun() noun {
	const single = "/dataSource/{id}/blob/{blobId*}"
	form := formBody("file", parameters{"blobId": asText, "filename": asText, "tags": asTexts, "date": asText, "filesize": asText})
	return noun{routes: Blobs.of(
		post("/dataSource/{id}/blobs", nil, storeBlob(false)).sent(form),
		post("/dataSource/{id}/persistBlob", nil, storeBlob(true)).sent(form),
		get(single, on((*call).blob, getBlob)),
		del(single, onManaged(deleteBlob)),
	)}
}

// Blobs is a copy of a source's blobs, by their ids.
func (t *Tenant) Blobs(sourceID int) map[string]Blob {
	defer t.lock()()
	copies := map[string]Blob{}
	for id, blob := range blobs.of(t).bySource[sourceID] {
		copies[id] = *blob
	}
	return copies
}

// SetBlob stores a blob behind the API's back.
func (t *Tenant) SetBlob(sourceID int, id string, blob Blob) {
	defer t.lock()()
	t.setBlob(sourceID, id, blob)
}

// RemoveBlob deletes a blob behind the API's back.
func (t *Tenant) RemoveBlob(sourceID int, id string) {
	defer t.lock()()
	delete(blobs.of(t).bySource[sourceID], id)
}

// FailBlob makes storing a blob of this id fail from now on, in an answer with status 200. The empty reason ends that.
func (t *Tenant) FailBlob(id, reason string) {
	defer t.lock()()
	blobs.of(t).failing[id] = reason
}

func (t *Tenant) setBlob(sourceID int, id string, blob Blob) {
	state := blobs.of(t)
	if state.bySource[sourceID] == nil {
		state.bySource[sourceID] = map[string]*Blob{}
	}
	state.bySource[sourceID][id] = &blob
}

// A form is a decoded multipart body.
type form struct {
	values url.Values
	file   []byte
}

// formBody requires multipart/form-data with one file and some of these fields.
func formBody(fileKey string, fields parameters) decoder {
	return func(header http.Header, body []byte) (any, error) {
		mediaType, options, err := mime.ParseMediaType(header.Get("Content-Type"))
		if err != nil || mediaType != "multipart/form-data" {
			return nil, fail(http.StatusUnsupportedMediaType, "Unsupported Media Type: the body must be multipart/form-data.")
		}
		sent, err := multipart.NewReader(bytes.NewReader(body), options["boundary"]).ReadForm(int64(len(body)))
		if err != nil {
			return nil, badRequest("Invalid multipart payload format: %s.", err)
		}
		f := &form{values: sent.Value}
		problems := fields.problems("field", f.values)
		if len(sent.File[fileKey]) != 1 || len(sent.File) != 1 {
			return nil, refuse(append(problems, fmt.Sprintf("%q must be the only file", fileKey))...)
		}
		file, err := sent.File[fileKey][0].Open()
		if err == nil {
			f.file, err = io.ReadAll(file)
		}
		if err != nil {
			panic("fake: a form in memory cannot be read: " + err.Error())
		}
		return f, refuse(problems...)
	}
}

// storeBlob overwrites the blob of that id, if there is one.
func storeBlob(persist bool) service {
	return onManaged(func(c *call, s *Source) (any, error) {
		f, ok := c.body.(*form)
		if !ok {
			panic("fake: an unchecked form")
		}
		id := f.values.Get("blobId")
		var problems []string
		if id == "" {
			problems = append(problems, missing("blobId"))
		}
		if size := f.values.Get("filesize"); size != "" && size != strconv.Itoa(len(f.file)) {
			problems = append(problems, fmt.Sprintf(`"filesize" is %s, but the file has %d bytes`, size, len(f.file)))
		}
		problems = append(problems, moment.problems("date", f.values.Get("date"))...)
		if err := refuse(problems...); err != nil {
			return nil, err
		}
		answer := object{"blobsWithoutIds": 0, "blobsInError": []any{}, "blobsInserted": []any{}, "tags": orEmpty(f.values["tags"])}
		if reason := blobs.of(c.t).failing[id]; reason != "" {
			answer["blobsInError"] = []any{object{"blobId": id, "error": reason}}
			return answer, nil
		}
		c.t.setBlob(s.ID, id, Blob{
			Content: f.file, Filename: f.values.Get("filename"), Tags: f.values["tags"], Date: f.values.Get("date"), Persisted: persist,
		})
		answer["blobsInserted"] = []any{object{"blobId": id}}
		return answer, nil
	})
}

// blob is the blob that the path names.
func (c *call) blob() (*Blob, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	if blob := blobs.of(c.t).bySource[s.ID][c.path["blobId"]]; blob != nil {
		return blob, nil
	}
	return nil, notFound("Blob not found: %s", strings.TrimSpace(c.path["blobId"]))
}

func getBlob(_ *call, blob *Blob) (any, error) {
	return plainAnswer("application/octet-stream", blob.Content), nil
}

func deleteBlob(c *call, s *Source) (any, error) {
	if _, err := c.blob(); err != nil {
		return nil, err
	}
	delete(blobs.of(c.t).bySource[s.ID], c.path["blobId"])
	return plainAnswer("text/plain", nil), nil
}
