package immuta

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// DefaultBucket is the one bucket of the S3-compatible API, unless the tenant's configuration names it otherwise (H).
const DefaultBucket = "immuta"

// maxKeys is how many keys are asked for at once: S3's own limit, and the default in the reference's examples (H).
const maxKeys = 1000

const s3pPath = "/s3p"

// BucketOwner owns buckets and objects (H).
type BucketOwner struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

// Buckets are all buckets (H).
type Buckets struct {
	XMLName xml.Name     `xml:"ListAllMyBucketsResult"`
	Owner   *BucketOwner `xml:"Owner"`
	Buckets []Bucket     `xml:"Buckets>Bucket"`
}

// Bucket holds a folder for each source (H).
type Bucket struct {
	Name         string `xml:"Name"`
	CreationDate string `xml:"CreationDate"`
}

// Buckets lists the buckets: GET /s3p (H).
func (c *Client) Buckets(ctx context.Context) (Buckets, error) {
	var out Buckets
	err := c.readXML(ctx, DefaultBucket, s3pPath, nil, &out)
	return out, err
}

// S3Object is an object as a listing shows it (H). What a listing leaves out is empty.
type S3Object struct {
	Key          string       `xml:"Key"`
	LastModified string       `xml:"LastModified"`
	ETag         string       `xml:"ETag"`
	Size         *int64       `xml:"Size"`
	StorageClass string       `xml:"StorageClass"`
	Owner        *BucketOwner `xml:"Owner"`
}

// ObjectSearch narrows a listing. Empty fields are not sent.
type ObjectSearch struct {
	Bucket       string `url:"-"`
	Prefix       string `url:"prefix,omitempty"`
	Delimiter    string `url:"delimiter,omitempty"`
	StartAfter   string `url:"-"`
	EncodingType string `url:"encoding-type,omitempty"`
	// V2 asks for the second version of the listing. FetchOwner belongs to it.
	V2         bool  `url:"-"`
	FetchOwner *bool `url:"fetch-owner,omitempty"`
}

// ObjectList is a listing as far as it was asked for.
type ObjectList struct {
	Objects        []S3Object
	CommonPrefixes []string
	// Truncated says that the bucket holds more than was asked for.
	Truncated bool
}

type bucketResult struct {
	XMLName        xml.Name   `xml:"ListBucketResult"`
	Name           string     `xml:"Name"`
	IsTruncated    bool       `xml:"IsTruncated"`
	NextMarker     string     `xml:"NextMarker"`
	EncodingType   string     `xml:"EncodingType"`
	Contents       []S3Object `xml:"Contents"`
	CommonPrefixes []struct {
		Prefix string `xml:"Prefix"`
	} `xml:"CommonPrefixes"`
}

// Objects lists a bucket: GET /s3p/{bucket} (H); with a limit that is not 0, only so many keys and prefixes. The first version goes on by
// marker, the second by start-after (H): what the server returns as a continuation token has no parameter that is documented.
func (c *Client) Objects(ctx context.Context, s ObjectSearch, limit int64) (ObjectList, error) {
	after, parameter := s.StartAfter, "marker"
	if s.V2 {
		parameter = "start-after"
	}
	var out ObjectList
	known := seen[string]{}
	for {
		size := int64(maxKeys)
		if left := limit - int64(len(known)); limit > 0 && left < maxKeys {
			size = left
		}
		query := s.query(size)
		if after != "" {
			query.Set(parameter, after)
		}
		var result bucketResult
		if err := c.readXML(ctx, s.Bucket, s3pPath+"/"+escapeKey(s.Bucket), query, &result); err != nil {
			return ObjectList{}, err
		}
		if err := result.decodeKeys(); err != nil {
			return ObjectList{}, &UnreadableError{Request: http.MethodGet + " " + s3pPath + "/" + s.Bucket, Reason: err.Error()}
		}
		before := len(known)
		full := out.add(result, known, limit)
		out.Truncated = out.Truncated || result.IsTruncated && full
		if !result.IsTruncated || full {
			return out, nil
		}
		if len(known) == before {
			return ObjectList{}, &IgnoredParameterError{Parameter: parameter, Value: after}
		}
		after = result.next()
	}
}

func (s ObjectSearch) query(size int64) url.Values {
	query := queryOf(s)
	query.Set("max-keys", strconv.FormatInt(size, 10))
	if s.V2 {
		query.Set("list-type", "2")
	} else {
		query.Del("fetch-owner")
	}
	return query
}

// add takes over what was not there before, and tells whether the limit is reached.
func (l *ObjectList) add(result bucketResult, known seen[string], limit int64) (full bool) {
	room := func(key string) bool {
		if limit > 0 && int64(len(known)) >= limit && !known[key] {
			l.Truncated = true
			return false
		}
		return known.isNew(key)
	}
	for _, object := range result.Contents {
		if room("object " + object.Key) {
			l.Objects = append(l.Objects, object)
		}
	}
	for _, common := range result.CommonPrefixes {
		if room("prefix " + common.Prefix) {
			l.CommonPrefixes = append(l.CommonPrefixes, common.Prefix)
		}
	}
	return limit > 0 && int64(len(known)) >= limit
}

// next is after which key the next page begins. S3 names it only where there is a delimiter. After a common prefix, everything
// under it has to be skipped as well, which the last code point of all does (L: a server may skip it by itself).
func (r *bucketResult) next() string {
	if r.NextMarker != "" {
		return r.NextMarker
	}
	last := ""
	for _, object := range r.Contents {
		last = max(last, object.Key)
	}
	for _, common := range r.CommonPrefixes {
		last = max(last, common.Prefix+"\U0010FFFF")
	}
	return last
}

// decodeKeys undoes the encoding that was asked for, if the server says that it did it: as in S3, a plus sign is a space.
func (r *bucketResult) decodeKeys() error {
	if r.EncodingType != "url" {
		return nil
	}
	var err error
	decode := func(text *string) {
		plain, problem := url.QueryUnescape(*text)
		if problem != nil {
			err = problem
			return
		}
		*text = plain
	}
	decode(&r.NextMarker)
	for i := range r.Contents {
		decode(&r.Contents[i].Key)
	}
	for i := range r.CommonPrefixes {
		decode(&r.CommonPrefixes[i].Prefix)
	}
	return err
}

// BucketLocation asks where a bucket is: GET /s3p/{bucket}?location= answers that instead of a listing (M), presumably as S3
// does (L).
func (c *Client) BucketLocation(ctx context.Context, bucket string) (string, error) {
	var out struct {
		XMLName  xml.Name `xml:"LocationConstraint"`
		Location string   `xml:",chardata"`
	}
	// A text that is empty might be refused.
	err := c.readXML(ctx, bucket, s3pPath+"/"+escapeKey(bucket), url.Values{"location": {"true"}}, &out)
	return strings.TrimSpace(out.Location), err
}

// ObjectContent is an object that was read by its key.
type ObjectContent struct {
	S3Object
	// Content is nil where the server answers a listing of the one object instead of the object.
	Content     []byte
	ContentType string
}

// NoObjectError means that a listing which should have held an object did not.
type NoObjectError struct{ Bucket, Key string }

func (e *NoObjectError) Error() string {
	return fmt.Sprintf("bucket %q has no object %q", e.Bucket, e.Key)
}

// Object reads an object: GET /s3p/{bucket}/{dataSource}/{key}. The reference says that it answers the blob, and shows a listing of
// that one key as the example (H for both), so the answer decides: it is a listing if it is one of this very key.
func (c *Client) Object(ctx context.Context, bucket, folder, key string, most int64) (ObjectContent, error) {
	full := folder + "/" + key
	r := request{
		method: http.MethodGet, path: s3pPath + "/" + escapeKey(bucket) + "/" + escapeKey(folder) + "/" + escapeSegments(key, escapeKey),
		authorization: c.s3Authorization(bucket), accept: "*/*", cap: most,
	}
	a, err := c.send(ctx, r)
	if err != nil {
		return ObjectContent{}, err
	}
	var listing bucketResult
	if xml.Unmarshal(a.body, &listing) == nil && listing.Name == bucket && listing.decodeKeys() == nil {
		for _, object := range listing.Contents {
			if object.Key == full || object.Key == key {
				return ObjectContent{S3Object: object}, nil
			}
		}
		if len(listing.Contents) == 0 {
			return ObjectContent{}, &NoObjectError{Bucket: bucket, Key: full}
		}
	}
	if err := c.checkFile(r, a, key); err != nil {
		return ObjectContent{}, err
	}
	size := int64(len(a.body))
	return ObjectContent{
		S3Object: S3Object{
			Key: full, Size: &size, ETag: strings.Trim(a.header.Get("ETag"), `"`),
			LastModified: timestamp(a.header.Get("Last-Modified")), StorageClass: a.header.Get("X-Amz-Storage-Class"),
		},
		Content: append([]byte{}, a.body...), ContentType: a.header.Get("Content-Type"),
	}, nil
}

// checkFile returns an error when an answer is somebody's web page rather than a file: HTML under a name that is none of HTML's.
func (c *Client) checkFile(r request, a answer, name string) error {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return nil
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		return nil
	}
	return c.unreadable(r, a, "is an HTML page, not the file")
}

// timestamp writes a header's date the way that the API writes dates; what is none is empty.
func timestamp(header string) string {
	at, err := http.ParseTime(header)
	if err != nil {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

// readXML reads a document of the S3-compatible API.
func (c *Client) readXML(ctx context.Context, bucket, path string, query url.Values, out any) error {
	r := request{method: http.MethodGet, path: path, query: query, authorization: c.s3Authorization(bucket), accept: "application/xml"}
	r.verify = func(a answer) error {
		if err := xml.Unmarshal(bytes.TrimSpace(a.body), out); err != nil {
			return c.unreadable(r, a, "does not have the expected form: "+err.Error())
		}
		return nil
	}
	_, err := c.send(ctx, r)
	return err
}

// s3Message reads a refusal of the S3-compatible API, the way that S3 writes it (L): <Error><Code/><Message/></Error>.
func s3Message(r request, body []byte) (string, bool) {
	if !strings.HasPrefix(r.path, s3pPath) {
		return "", false
	}
	var said struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
		Message string   `xml:"Message"`
	}
	if xml.Unmarshal(body, &said) != nil || said.Code == "" {
		return "", false
	}
	return strings.TrimSpace(said.Code + " " + said.Message), true
}

// s3Authorization is the scheme of the S3-compatible API: no signature, but the API key itself and the bucket (H). A session token
// is not known to do.
func (c *Client) s3Authorization(bucket string) string {
	return "AWS " + c.config.APIKey + ":" + bucket
}

// escapeKey escapes a text as one segment of a path. A plus sign is escaped too: clients of S3 disagree about what it means.
func escapeKey(s string) string { return strings.ReplaceAll(url.PathEscape(s), "+", "%2B") }
