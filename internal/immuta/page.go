package immuta

import (
	"fmt"
	"iter"
	"strconv"
)

// PageSize is how many rows are asked for at once. The API's default is 10; sizes in the thousands are seen in use (H),
// and 200 keeps an answer small enough to be quick.
const PageSize = 200

// maxRestarts is how often a list is read again from its beginning because its total changed while it was read.
const maxRestarts = 2

// page is one page of a list: rows under "hits" and the number of all matches under "count" (H). Where a route leaves the
// count out, it is 0.
type page[T any] struct {
	Hits  many[T] `json:"hits"`
	Count Int     `json:"count"`
}

// Rows is a list as far as it was asked for.
type Rows[T any] struct {
	Items []T
	// Total is how many rows there are, of which Items may be the first few only; 0 where Immuta does not say.
	Total int64
	// Unsettled says that the list went on changing while it was read, so that rows may be missing or outdated.
	Unsettled bool
}

// IgnoredParameterError means that a server answers the same page again and again.
type IgnoredParameterError struct{ Parameter, Value string }

func (e *IgnoredParameterError) Error() string {
	return fmt.Sprintf("asked for the next page (%s=%s), the server answers an earlier one again: it ignores the parameter", e.Parameter, e.Value)
}

// pages yields the rows of all pages, fetching the next one only when the consumer wants more. No row comes twice. A key that is
// its type's zero value tells nothing: such a row cannot be known again. When the list changes meanwhile, a row that has gone may
// have been yielded already; [collect] knows better.
func pages[T any, K comparable](fetch func(offset, size int) (page[T], error), key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := seen[K]{}
		for s, err := range sheets(PageSize, 0, fetch, key) {
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, row := range s.rows {
				if seen.isNew(key(row)) && !yield(row, nil) {
					return
				}
			}
		}
	}
}

// collect reads a list to its end or, if limit is not 0, until it has that many rows. A list that was read again is what the
// last reading found.
func collect[T any, K comparable](limit int64, fetch func(offset, size int) (page[T], error), key func(T) K) (Rows[T], error) {
	return collectBy(PageSize, limit, fetch, key)
}

// collectBy is collect with pages of another size.
func collectBy[T any, K comparable](size int, limit int64, fetch func(offset, size int) (page[T], error), key func(T) K) (Rows[T], error) {
	out := Rows[T]{Items: []T{}}
	known := seen[K]{}
	for s, err := range sheets(size, limit, fetch, key) {
		if err != nil {
			return Rows[T]{}, err
		}
		if s.first {
			out.Items, known = out.Items[:0], seen[K]{}
		}
		out.Total, out.Unsettled = s.total, s.unsettled
		for _, row := range s.rows {
			if known.isNew(key(row)) {
				out.Items = append(out.Items, row)
			}
			if limit > 0 && int64(len(out.Items)) == limit {
				return out, nil
			}
		}
	}
	return out, nil
}

// sheet is a page on its way to a consumer.
type sheet[T any] struct {
	rows      []T
	first     bool // what came before is void
	total     int64
	unsettled bool
}

// sheets fetches page after page, as long as the consumer wants more. A limit only keeps the last page small.
func sheets[T any, K comparable](size int, limit int64, fetch func(offset, size int) (page[T], error), key func(T) K) iter.Seq2[sheet[T], error] {
	return func(yield func(sheet[T], error) bool) {
		r := reader[T, K]{fetch: fetch, key: key, most: size, limit: limit}
		for !r.done {
			s, err := r.next()
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// reader is how far a list has been read.
type reader[T any, K comparable] struct {
	fetch func(offset, size int) (page[T], error)
	key   func(T) K
	most  int // rows on a page
	limit int64

	offset    int
	total     Int // 0 while it is not known
	top       K   // of the first row
	restarts  int
	unsettled bool
	done      bool
}

// next reads one page. When the total has changed since the page before, the rows have moved under the reader's feet, and it
// begins again, [maxRestarts] times at most.
func (r *reader[T, K]) next() (sheet[T], error) {
	size := r.size()
	p, err := r.fetch(r.offset, size)
	if err != nil {
		return sheet[T]{}, err
	}
	if r.moved(p) {
		if r.restarts < maxRestarts {
			r.restarts++
			r.offset, r.total = 0, 0
			return r.next()
		}
		r.unsettled = true
	}
	if err := r.checkOffset(p); err != nil {
		return sheet[T]{}, err
	}
	if p.Count != 0 || len(p.Hits) == 0 {
		r.total = p.Count
	}
	s := sheet[T]{rows: p.Hits, first: r.offset == 0, total: int64(r.total), unsettled: r.unsettled}
	r.offset += len(p.Hits)
	r.done = r.isLast(p, size)
	return s, nil
}

func (r *reader[T, K]) size() int {
	if left := r.limit - int64(r.offset); left > 0 && left < int64(r.most) {
		return int(left)
	}
	return r.most
}

// moved tells whether the list has another length than a page ago. A page that has rows but no count says nothing.
func (r *reader[T, K]) moved(p page[T]) bool {
	return r.offset > 0 && r.total != 0 && p.Count != r.total && (p.Count != 0 || len(p.Hits) == 0)
}

// checkOffset notices a server that answers the first page whatever it is asked for.
func (r *reader[T, K]) checkOffset(p page[T]) error {
	if len(p.Hits) == 0 {
		return nil
	}
	var none K
	first := r.key(p.Hits[0])
	if r.offset == 0 {
		r.top = first
		return nil
	}
	if first != none && first == r.top {
		return &IgnoredParameterError{Parameter: "offset", Value: strconv.Itoa(r.offset)}
	}
	return nil
}

// isLast tells whether a page is the last one: it reaches the total or, where none is answered, is not just full. (A server
// may well answer fewer rows than it was asked for, or all that it has.)
func (r *reader[T, K]) isLast(p page[T], size int) bool {
	if r.total == 0 {
		return len(p.Hits) != size
	}
	return len(p.Hits) == 0 || r.offset >= int(r.total)
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
