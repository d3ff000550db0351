package immuta

import "iter"

// PageSize is how many rows are asked for at once. The API's default is 10; sizes in the thousands are seen in use (H),
// and 200 keeps an answer small enough to be quick.
const PageSize = 200

// page is one page of a list: rows under "hits" and the number of all matches under "count" (H).
type page[T any] struct {
	Hits  many[T] `json:"hits"`
	Count Int     `json:"count"`
}

// pages yields the rows of all pages, fetching the next one only when the consumer wants more. Rows that were seen before
// are left out: the list may shift between two pages.
func pages[T any, K comparable](fetch func(offset, size int) (page[T], error), key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := map[K]bool{}
		for offset := 0; ; {
			p, err := fetch(offset, PageSize)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, row := range p.Hits {
				if seen[key(row)] {
					continue
				}
				seen[key(row)] = true
				if !yield(row, nil) {
					return
				}
			}
			offset += len(p.Hits)
			if len(p.Hits) < PageSize || offset >= int(p.Count) {
				return
			}
		}
	}
}
