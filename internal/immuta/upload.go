package immuta

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
)

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
