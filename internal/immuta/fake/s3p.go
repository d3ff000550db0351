package fake

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Bucket is the only bucket of the S3-compatible API. Each source that the caller is a member of is a folder in it, named
// after its table in Immuta, which holds the source's blobs.
const Bucket = "immuta"

type s3State struct{ listings bool }

var s3s = &slot[s3State]{fresh: func() *s3State { return &s3State{} }}

func s3Noun() noun {
	const bucket = "/s3p/{bucket}"
	routes := []route{
		get("/s3p", listBuckets),
		get(bucket, listObjects).taking(parameters{
			"prefix": asText, "max-keys": asNumber, "delimiter": asText, "marker": asText, "location": asText,
			"encoding-type": asText, "list-type": asNumber, "fetch-owner": asFlag, "start-after": asText,
		}),
		get(bucket+"/{folder}/{key*}", getObject),
	}
	for i := range routes {
		routes[i].auth = (*Tenant).authenticateS3
	}
	return noun{routes: routes}
}

// WithObjectListings answers who reads an object with a listing of that one object, as the reference's example shows, where
// the default is the object.
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

// document is an answer of the S3-compatible API.
func document(status int, root any) answer {
	body, err := xml.Marshal(root)
	if err != nil {
		panic("fake: an answer is not XML: " + err.Error())
	}
	reply := plainAnswer("application/xml", append([]byte(xml.Header), body...))
	reply.status = status
	return reply
}

func s3Refusal(status int, code, message string) answer {
	return document(status, struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}{Code: code, Message: message})
}

type s3Owner struct{ ID, DisplayName string }

var immutaItself = &s3Owner{ID: "Immuta", DisplayName: "Immuta Inc"}

func listBuckets(*call) (any, error) {
	type buckets struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Owner        *s3Owner
		Name         string `xml:"Buckets>Bucket>Name"`
		CreationDate string `xml:"Buckets>Bucket>CreationDate"`
	}
	return document(http.StatusOK, buckets{Owner: immutaItself, Name: Bucket, CreationDate: "2006-03-19T00:00:00.000Z"}), nil
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

func (o s3Object) checksum() string {
	sum := md5.Sum(o.blob.Content)
	return hex.EncodeToString(sum[:])
}

// An s3Listing is a page of a bucket.
type s3Listing struct {
	XMLName        xml.Name `xml:"http://doc.s3.amazonaws.com/2006-03-01/ ListBucketResult"`
	IsTruncated    bool
	Name           string
	Prefix         string
	MaxKeys        int
	Delimiter      string
	EncodingType   string  `xml:",omitempty"`
	StartAfter     *string // of version 2, like the next
	KeyCount       *int
	Marker         *string // of version 1, like the next
	NextMarker     string  `xml:",omitempty"`
	Contents       []s3Entry
	CommonPrefixes []s3Prefix
}

type s3Entry struct {
	Key, LastModified, ETag string
	Size                    int
	StorageClass            string
	Owner                   *s3Owner
}

type s3Prefix struct{ Prefix string }

// listObjects answers a listing of either version, the way that S3 does.
func listObjects(c *call) (any, error) {
	if c.path["bucket"] != Bucket {
		return s3Refusal(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"), nil
	}
	if c.query.Has("location") {
		return document(http.StatusOK, struct {
			XMLName xml.Name `xml:"LocationConstraint"`
			Region  string   `xml:",chardata"`
		}{Region: "us-east-1"}), nil
	}
	return document(http.StatusOK, c.listing(c.s3Objects())), nil
}

// listing is the page of objects that the query asks for.
func (c *call) listing(objects []s3Object) s3Listing {
	encode := func(s string) string { return s }
	if c.query.Get("encoding-type") == "url" {
		encode = func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/") }
	}
	prefix, delimiter, v2 := c.query.Get("prefix"), c.query.Get("delimiter"), c.query.Get("list-type") == "2"
	after := c.query.Get("marker")
	if v2 {
		after = c.query.Get("start-after")
	}
	var owner *s3Owner
	if !v2 || c.flag("fetch-owner") {
		owner = immutaItself
	}
	l := s3Listing{
		Name: Bucket, Prefix: encode(prefix), MaxKeys: c.number("max-keys", 1000), Delimiter: encode(delimiter),
		EncodingType: c.query.Get("encoding-type"),
	}
	last, lastCommon := "", ""
	for _, o := range objects {
		rest, ok := strings.CutPrefix(o.key, prefix)
		if !ok || o.key <= after {
			continue
		}
		common := ""
		if folder, _, found := strings.Cut(rest, delimiter); found && delimiter != "" {
			common = prefix + folder + delimiter
		}
		if common != "" && (common == lastCommon || !v2 && common == after) {
			continue
		}
		if len(l.Contents)+len(l.CommonPrefixes) == l.MaxKeys {
			l.IsTruncated = true
			break
		}
		last = cmp.Or(common, o.key)
		if common != "" {
			lastCommon = common
			l.CommonPrefixes = append(l.CommonPrefixes, s3Prefix{encode(common)})
			continue
		}
		l.Contents = append(l.Contents, s3Entry{
			Key: encode(o.key), LastModified: o.source.CreatedAt.Format(timestamp), ETag: o.checksum(), Size: len(o.blob.Content),
			StorageClass: "STANDARD", Owner: owner,
		})
	}
	after, count := encode(after), len(l.Contents)+len(l.CommonPrefixes)
	if v2 {
		l.StartAfter, l.KeyCount = &after, &count
		return l
	}
	l.Marker = &after
	if l.IsTruncated && delimiter != "" {
		l.NextMarker = encode(last)
	}
	return l
}

func getObject(c *call) (any, error) {
	key := c.path["folder"] + "/" + c.path["key"]
	for _, o := range c.s3Objects() {
		if c.path["bucket"] != Bucket || o.key != key {
			continue
		}
		if s3s.of(c.t).listings {
			l := c.listing([]s3Object{o})
			l.Prefix, l.MaxKeys = key, 1
			return document(http.StatusOK, l), nil
		}
		reply := plainAnswer("application/octet-stream", o.blob.Content)
		reply.header.Set("ETag", `"`+o.checksum()+`"`)
		reply.header.Set("Last-Modified", o.source.CreatedAt.UTC().Format(http.TimeFormat))
		return reply, nil
	}
	return s3Refusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist."), nil
}
