package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"unsafe"
)

// PageSize is how many rows are asked for at once. The API's default is 10; sizes in the thousands are seen in use (H),
// and 200 keeps an answer small enough to be quick.
const PageSize = 200

const (
	// maxRestarts is how often a list is read again from its beginning because its total changed while it was read.
	maxRestarts = 2
	// maxListBytes bounds what all pages of one list may bring, and what their rows may take. No known tenant comes near it.
	maxListBytes = 256 << 20
)

// page is one page of a list: rows under "hits" and the number of all matches under "count" (H). Some routes leave the count
// out.
type page[T any] struct {
	Hits  rows[T]      `json:"hits"`
	Count Lenient[Int] `json:"count"`
}

func (p *page[T]) lacks() string { return p.Hits.lacks("hits") }

// fetch reads a page: at most size rows, from the one at offset on.
type fetch[T any] = func(offset, size int) (page[T], error)

// Bound gives a context to one of many requests, such as one that ends it in time.
type Bound = func(context.Context) (context.Context, context.CancelFunc)

// bounded bounds every page by itself.
func bounded[T any](ctx context.Context, bound Bound, pages func(context.Context) fetch[T]) fetch[T] {
	return func(offset, size int) (page[T], error) {
		ctx, cancel := bound(ctx)
		defer cancel()
		return pages(ctx)(offset, size)
	}
}

// filter leaves out what does not fit, but no error.
func filter[T any](rows iter.Seq2[T, error], fits func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if (err != nil || fits(row)) && !yield(row, err) {
				return
			}
		}
	}
}

// rows are the rows of a list, which has to be there to be empty. A single object stands for one row.
type rows[T any] struct {
	items    []T
	answered bool
	bytes    int
}

func (r *rows[T]) UnmarshalJSON(b []byte) error {
	*r = rows[T]{answered: string(b) != "null", bytes: len(b)}
	return json.Unmarshal(b, (*many[T])(&r.items))
}

func (r *rows[T]) lacks(key string) string { return unless(r.answered, "holds no list of "+key) }

// Rows is a list as far as it was asked for.
type Rows[T any] struct {
	Items []T
	// Total is how many rows there are, of which Items may be the first few only; 0 where Immuta does not say.
	Total int64
	// Unsettled says that the list went on changing while it was read, or has fewer rows than it says, or rows twice and does
	// not say how many: so rows may be missing or outdated.
	Unsettled bool
}

// IgnoredParameterError means that a server answers the same page again and again.
type IgnoredParameterError struct{ Parameter, Value string }

func (e *IgnoredParameterError) Error() string {
	return fmt.Sprintf("asked for the next page (%s=%s), the server returns an earlier one again: it ignores the parameter",
		e.Parameter, e.Value)
}

// LargeListError means that a list was given up because it is larger than any that can be meant.
type LargeListError struct{ Limit int64 }

func (e *LargeListError) Error() string {
	return fmt.Sprintf("the list was given up: its pages have more than %d MiB", e.Limit>>20)
}

// pages yields the rows of all pages, fetching the next one only when the consumer wants more. No row comes twice. A key that is
// its type's zero value tells nothing: such a row cannot be known again. When the list changes meanwhile, a row that has gone may
// have been yielded already, and nothing tells of rows that are missing; [collect] and [wholeList] know better.
func pages[T any, K comparable](fetch fetch[T], key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if _, err := eachRow(fetch, key, func(row T) bool { return yield(row, nil) }); err != nil {
			var zero T
			yield(zero, err)
		}
	}
}

// wholeList is [pages] that ends with an [UnsettledError] if rows may be missing. Request is what the error says was read.
func wholeList[T any, K comparable](request string, fetch fetch[T], key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		unsettled, err := eachRow(fetch, key, func(row T) bool { return yield(row, nil) })
		if err == nil && unsettled {
			err = &UnsettledError{Request: request}
		}
		if err != nil {
			var zero T
			yield(zero, err)
		}
	}
}

// eachRow yields every row once, page by page, until there are no more or the consumer has enough. It tells whether rows may be
// missing in a list that was read to its end.
func eachRow[T any, K comparable](fetch fetch[T], key func(T) K, yield func(T) bool) (unsettled bool, err error) {
	known, count, twice := seen[K]{}, int64(0), false
	r := reader[T, K]{fetch: fetch, key: key, largest: PageSize}
	for !r.done {
		rows, _, err := r.next()
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			if !known.isNew(key(row)) {
				twice = true
				continue
			}
			count++
			if !yield(row) {
				return false, nil
			}
		}
	}
	return r.lacks(count, twice), nil
}

// collect reads a list to its end or, if limit is not 0, until it has that many rows. A list that was read again is what the
// last reading found.
func collect[T any, K comparable](limit int64, fetch fetch[T], key func(T) K) (Rows[T], error) {
	return collectBy(PageSize, limit, fetch, key)
}

// collectBy is collect with pages of another size.
func collectBy[T any, K comparable](size int, limit int64, fetch fetch[T], key func(T) K) (Rows[T], error) {
	out := Rows[T]{Items: []T{}}
	known, twice := seen[K]{}, false
	r := reader[T, K]{fetch: fetch, key: key, largest: size, limit: limit}
	for !r.done {
		rows, first, err := r.next()
		if err != nil {
			return Rows[T]{}, err
		}
		if first {
			out.Items, known, twice = out.Items[:0], seen[K]{}, false
		}
		out.Total, out.Unsettled = int64(r.total), r.unsettled
		for _, row := range rows {
			if known.isNew(key(row)) {
				out.Items = append(out.Items, row)
			} else {
				twice = true
			}
			if limit > 0 && int64(len(out.Items)) == limit {
				return out, nil
			}
		}
	}
	out.Unsettled = r.lacks(int64(len(out.Items)), twice)
	return out, nil
}

// reader is how far a list has been read.
type reader[T any, K comparable] struct {
	fetch   fetch[T]
	key     func(T) K
	largest int   // rows on a page
	limit   int64 // keeps the last page small, no more

	offset    int
	total     Int             // 0 while it is not known
	seen      map[string]bool // the pages that came before
	bytes     int
	restarts  int
	unsettled bool
	done      bool
}

// next reads one page. When the total has changed since the page before, the rows have moved under the reader's feet, and it
// begins again, [maxRestarts] times at most. It tells whether the page is the first one, so that what came before is void.
func (r *reader[T, K]) next() (rows []T, first bool, err error) {
	size := r.size()
	p, err := r.fetch(r.offset, size)
	if err != nil {
		return nil, false, err
	}
	if r.moved(p) {
		if r.restarts < maxRestarts {
			r.restarts++
			r.offset, r.total, r.seen = 0, 0, nil
			return r.next()
		}
		r.unsettled = true
	}
	var row T
	r.bytes += max(p.Hits.bytes, len(p.Hits.items)*int(unsafe.Sizeof(row)))
	if err := r.check(&p, size); err != nil {
		return nil, false, err
	}
	if p.Count.Get() != 0 || len(p.Hits.items) == 0 {
		r.total = p.Count.Get()
	}
	first = r.offset == 0
	r.offset += len(p.Hits.items)
	r.done = r.done || r.isLast(p, size)
	return p.Hits.items, first, nil
}

// lacks tells whether rows may be missing among so many that came. Rows that came twice hide as many that never came; where there is
// no total, nothing else tells of those.
func (r *reader[T, K]) lacks(rows int64, twice bool) bool {
	return r.unsettled || rows < int64(r.total) || r.total == 0 && twice
}

func (r *reader[T, K]) size() int {
	if left := r.limit - int64(r.offset); left > 0 && left < int64(r.largest) {
		return int(left)
	}
	return r.largest
}

// moved tells whether the list has another length than a page ago. A page that has rows but no count says nothing.
func (r *reader[T, K]) moved(p page[T]) bool {
	count := p.Count.Get()
	return r.offset > 0 && r.total != 0 && count != r.total && (count != 0 || len(p.Hits.items) == 0)
}

// check gives a list up that cannot be what was asked for: one that is far too large, or has a page that comes again.
func (r *reader[T, K]) check(p *page[T], size int) error {
	received := len(p.Hits.items)
	switch {
	case r.bytes > maxListBytes:
		return &LargeListError{Limit: maxListBytes}
	case received == 0:
		return nil
	}
	page, known := r.fingerprint(*p)
	if !known {
		r.done = r.total == 0 && p.Count.Get() == 0 // There is no telling whether a further page is another one.
		return nil
	}
	if r.seen[page] {
		if r.total == 0 && received > size {
			// Neither the size nor the offset is heeded: the whole list came at once, and this is its end.
			p.Hits.items = nil
			return nil
		}
		return &IgnoredParameterError{Parameter: "offset", Value: strconv.Itoa(r.offset)}
	}
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	r.seen[page] = true
	return nil
}

// fingerprint tells a page from others by the keys of its rows, if they have any.
func (r *reader[T, K]) fingerprint(p page[T]) (keys string, known bool) {
	var none K
	var b []byte
	for _, row := range p.Hits.items {
		key := r.key(row)
		if key == none {
			return "", false
		}
		b = fmt.Appendf(b, "%v\x00", key)
	}
	return string(b), true
}

// isLast tells whether a page is the last one: it reaches the total or, where none is answered, is empty. (A server may well
// answer fewer rows than it was asked for.)
func (r *reader[T, K]) isLast(p page[T], size int) bool {
	if r.total == 0 {
		return len(p.Hits.items) == 0 || p.Count.Value != nil && len(p.Hits.items) < size
	}
	return len(p.Hits.items) == 0 || r.offset >= int(r.total)
}

// seen remembers the keys of rows.
type seen[K comparable] map[K]bool

// isNew tells whether a row was not there before, as far as its key tells.
func (s seen[K]) isNew(key K) bool {
	var none K
	if key == none {
		return true
	}
	if s[key] {
		return false
	}
	s[key] = true
	return true
}
