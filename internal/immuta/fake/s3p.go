package fake

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Bucket is the only bucket of the S3-compatible API. Each source that the caller
// is a member of is a folder in it, named after its table in Immuta, which holds the
// source's blobs.
const Bucket = "immuta"

type s3State struct{ listings bool }

var s3s = &slot[s3State]{fresh: func() *s3State { return &s3State{} }}

func s3Noun() noun {
	const bucket = "/s3p/{bucket}"
	return noun{routes: []route{
		{method: http.MethodGet, pattern: "/s3p", serve: listBuckets, auth: (*Tenant).authenticateS3},
		{
			method: http.MethodGet, pattern: bucket, serve: listObjects, auth: (*Tenant).authenticateS3,
			query: map[string]parameter{
				"prefix": textParameter, "max-keys": integerParameter, "delimiter": textParameter, "marker": textParameter, "location": textParameter,
				"encoding-type": textParameter, "list-type": integerParameter, "fetch-owner": booleanParameter, "start-after": textParameter,
			},
		},
		{method: http.MethodGet, pattern: bucket + "/{folder}/{key*}", serve: getObject, auth: (*Tenant).authenticateS3},
	}}
}

// WithObjectListings answers who reads an object with a listing of that one object,
// as the reference's example shows, where the default is the object.
func WithObjectListings() Option {
	return func(t *Tenant) { s3s.of(t).listings = true }
}

// authenticateS3 wants the API key and the bucket, "AWS <key>:immuta", and nothing else.
func (t *Tenant) authenticateS3(r *http.Request) (*user, error) {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "AWS ")
	key, bucket := cutLast(key, ":")
	if u := t.userByKey(key); found && bucket == Bucket && u != nil {
		return u, nil
	}
	return nil, fail(http.StatusUnauthorized, "A valid Authorization token must be provided.")
}

func cutLast(s, separator string) (before, after string) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i+len(separator):]
}

// An element is a piece of XML; text or more of it within.
type element struct {
	name     string
	text     string
	children []element
}

func (e element) MarshalXML(encoder *xml.Encoder, _ xml.StartElement) error {
	start := xml.StartElement{Name: xml.Name{Local: e.name}}
	if err := encoder.EncodeToken(start); err != nil {
		return err
	}
	if err := encoder.EncodeToken(xml.CharData(e.text)); err != nil {
		return err
	}
	for _, child := range e.children {
		if err := encoder.Encode(child); err != nil {
			return err
		}
	}
	return encoder.EncodeToken(start.End())
}

func leaf(name, text string) element { return element{name: name, text: text} }

// document is an answer of the S3-compatible API.
func document(status int, namespace string, root element) raw {
	body, err := xml.Marshal(root)
	if err != nil {
		panic("fake: an answer is not XML: " + err.Error())
	}
	text := string(body)
	if namespace != "" {
		text = strings.Replace(text, "<"+root.name+">", "<"+root.name+` xmlns="`+namespace+`">`, 1)
	}
	return raw{status: status, contentType: "application/xml", body: []byte(xml.Header + text)}
}

func s3Refusal(status int, code, message string) raw {
	return document(status, "", element{name: "Error", children: []element{leaf("Code", code), leaf("Message", message)}})
}

var s3Owner = element{name: "Owner", children: []element{leaf("ID", "Immuta"), leaf("DisplayName", "Immuta Inc")}}

func listBuckets(*call) (any, error) {
	return document(http.StatusOK, "http://s3.amazonaws.com/doc/2006-03-01/", element{name: "ListAllMyBucketsResult", children: []element{
		s3Owner,
		{name: "Buckets", children: []element{{name: "Bucket", children: []element{leaf("Name", Bucket), leaf("CreationDate", "2006-03-19T00:00:00.000Z")}}}},
	}}), nil
}

// s3Object is a blob by the key that the bucket has it under.
type s3Object struct {
	key    string
	blob   *Blob
	source *Source
}

// s3Objects are all objects that the caller may read, in the order of their keys.
func (c *call) s3Objects() []s3Object {
	var found []s3Object
	for _, s := range c.t.sources {
		if s.Deleted || c.t.roleOf(s.ID, c.caller.profileID) == "" || s.SQLTableName == "" {
			continue
		}
		for id, blob := range blobs.of(c.t).bySource[s.ID] {
			found = append(found, s3Object{key: s.SQLTableName + "/" + id, blob: blob, source: s})
		}
	}
	slices.SortFunc(found, func(a, b s3Object) int { return cmp.Compare(a.key, b.key) })
	return found
}

func (o s3Object) element(encode func(string) string, owner bool) element {
	sum := md5.Sum(o.blob.Content)
	e := element{name: "Contents", children: []element{
		leaf("Key", encode(o.key)), leaf("LastModified", o.source.CreatedAt.Format(timestamp)), leaf("ETag", hex.EncodeToString(sum[:])),
		leaf("Size", strconv.Itoa(len(o.blob.Content))), leaf("StorageClass", "STANDARD"),
	}}
	if owner {
		e.children = append(e.children, s3Owner)
	}
	return e
}

// listObjects answers a listing of either version, the way that S3 does.
func listObjects(c *call) (any, error) {
	if c.path["bucket"] != Bucket {
		return s3Refusal(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"), nil
	}
	if c.query.Has("location") {
		return document(http.StatusOK, "", leaf("LocationConstraint", "us-east-1")), nil
	}
	l := s3Listing{
		prefix: c.query.Get("prefix"), delimiter: c.query.Get("delimiter"), most: c.number("max-keys", 1000),
		v2: c.query.Get("list-type") == "2", encode: func(s string) string { return s },
	}
	l.after = c.query.Get("marker")
	if l.v2 {
		l.after = c.query.Get("start-after")
	}
	if c.query.Get("encoding-type") == "url" {
		l.encode = func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/") }
	}
	l.owner = !l.v2 || c.flag("fetch-owner")
	l.take(c.s3Objects())
	return l.document(c.query.Get("encoding-type")), nil
}

// An s3Listing is a page of a bucket.
type s3Listing struct {
	prefix, delimiter, after string
	most                     int
	v2, owner                bool
	encode                   func(string) string

	contents, prefixes []element
	common             string // the last of the prefixes
	last               string
	truncated          bool
}

func (l *s3Listing) take(objects []s3Object) {
	for _, o := range objects {
		if !strings.HasPrefix(o.key, l.prefix) || o.key <= l.after {
			continue
		}
		common := ""
		if rest := strings.TrimPrefix(o.key, l.prefix); l.delimiter != "" && strings.Contains(rest, l.delimiter) {
			common = l.prefix + rest[:strings.Index(rest, l.delimiter)+len(l.delimiter)]
		}
		if common != "" && (common == l.common || !l.v2 && common == l.after) {
			continue
		}
		if len(l.contents)+len(l.prefixes) == l.most {
			l.truncated = true
			return
		}
		if common != "" {
			l.common, l.last = common, common
			l.prefixes = append(l.prefixes, element{name: "CommonPrefixes", children: []element{leaf("Prefix", l.encode(common))}})
			continue
		}
		l.last = o.key
		l.contents = append(l.contents, o.element(l.encode, l.owner))
	}
}

func (l *s3Listing) document(encoding string) raw {
	root := element{name: "ListBucketResult", children: []element{
		leaf("IsTruncated", map[bool]string{true: "true", false: "false"}[l.truncated]), leaf("Name", Bucket), leaf("Prefix", l.encode(l.prefix)),
		leaf("MaxKeys", strconv.Itoa(l.most)), leaf("Delimiter", l.encode(l.delimiter)),
	}}
	if encoding != "" {
		root.children = append(root.children, leaf("EncodingType", encoding))
	}
	switch {
	case l.v2:
		root.children = append(root.children, leaf("StartAfter", l.encode(l.after)), leaf("KeyCount", strconv.Itoa(len(l.contents)+len(l.prefixes))))
	case l.truncated && l.delimiter != "":
		root.children = append(root.children, leaf("Marker", l.encode(l.after)), leaf("NextMarker", l.encode(l.last)))
	default:
		root.children = append(root.children, leaf("Marker", l.encode(l.after)))
	}
	root.children = append(append(root.children, l.contents...), l.prefixes...)
	return document(http.StatusOK, "http://doc.s3.amazonaws.com/2006-03-01/", root)
}

func getObject(c *call) (any, error) {
	key := c.path["folder"] + "/" + c.path["key"]
	for _, o := range c.s3Objects() {
		if c.path["bucket"] != Bucket || o.key != key {
			continue
		}
		if s3s.of(c.t).listings {
			l := s3Listing{prefix: key, most: 1, owner: true, encode: func(s string) string { return s }}
			l.take([]s3Object{o})
			return l.document(""), nil
		}
		sum := md5.Sum(o.blob.Content)
		return raw{
			contentType: "application/octet-stream", body: o.blob.Content,
			header: http.Header{"Etag": {`"` + hex.EncodeToString(sum[:]) + `"`}, "Last-Modified": {o.source.CreatedAt.UTC().Format(http.TimeFormat)}},
		}, nil
	}
	return s3Refusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist."), nil
}
