package blob

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// maxSize caps the size of a blob: an upload has to be done within the timeout of one request, and content in the state
// within the size of Terraform's messages.
const maxSize = 100 << 20

// content is where the bytes of a blob come from. They are read as a stream each time, never held as a whole.
type content struct {
	name string // of the attribute
	open func() (io.ReadCloser, error)
}

// content is not known while the attribute that gives it is not.
func (m *model) content() (content, bool) {
	switch {
	case tf.Known(m.Source):
		return content{name: "source", open: func() (io.ReadCloser, error) { return openFile(m.Source.ValueString()) }}, true
	case tf.Known(m.ContentBase64):
		return content{name: "content_base64", open: func() (io.ReadCloser, error) {
			return io.NopCloser(base64.NewDecoder(base64.StdEncoding, strings.NewReader(m.ContentBase64.ValueString()))), nil
		}}, true
	default:
		return content{}, false
	}
}

func openFile(name string) (io.ReadCloser, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w. The file must be there when planning. If another resource writes it, take content_base64 from that "+
			"resource, or build the path from an attribute that is only known after its apply", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", name)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

type digest struct {
	sum  string
	size int64
}

// digest reads the content once, and no further than the limit.
func (c content) digest() (digest, error) {
	stream, err := c.open()
	if err != nil {
		return digest{}, err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, io.LimitReader(stream, maxSize+1))
	if err := errors.Join(err, stream.Close()); err != nil {
		return digest{}, err
	}
	if size > maxSize {
		return digest{}, fmt.Errorf("the content is larger than %d MiB, which is the limit for a blob", maxSize>>20)
	}
	return digest{sum: hex.EncodeToString(hash.Sum(nil)), size: size}, nil
}

// blobID refuses ids that would become another path on their way.
func blobID() validator.String {
	return tf.StringCheck{
		Demands: "must consist of segments, separated by slashes, of which none is empty, . or ..",
		Summary: "Malformed blob id",
		Check: func(id string) string {
			if err := checkID(id); err != nil {
				return err.Error()
			}
			return ""
		},
	}
}

// checkID insists on an id that survives in a path: proxies merge empty segments and resolve dots, and a DELETE must not end
// up elsewhere.
func checkID(id string) error {
	if slices.Contains(strings.Split(id, "/"), "") {
		return fmt.Errorf("the blob id %q: the parts between its slashes must not be empty, because the id is part of the request's path", id)
	}
	return immuta.CheckName(id)
}
