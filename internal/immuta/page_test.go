package immuta

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// server is a list as a tenant may answer it.
type server struct {
	rows     []int
	noCount  bool
	most     int  // rows an answer has at most; 0: what is asked for
	all      bool // everything at once
	deaf     bool // ignores the offset
	requests []string

	before func(s *server, request int)
}

func count(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i + 1
	}
	return rows
}

func (s *server) fetch(offset, size int) (page[int], error) {
	if s.before != nil {
		s.before(s, len(s.requests))
	}
	s.requests = append(s.requests, fmt.Sprintf("%d+%d", offset, size))
	if len(s.requests) > 50 {
		return page[int]{}, errors.New("this never ends")
	}
	if s.deaf {
		offset = 0
	}
	if s.most > 0 {
		size = min(size, s.most)
	}
	if s.all {
		size = len(s.rows)
	}
	from := min(offset, len(s.rows))
	total := Int(len(s.rows))
	p := page[int]{Hits: rows[int]{items: s.rows[from:min(from+size, len(s.rows))]}, Count: Lenient[Int]{Answered: true, Value: &total}}
	if s.noCount {
		p.Count = Lenient[Int]{}
	}
	return p, nil
}

func identity(row int) int { return row }

func TestPages(t *testing.T) {
	t.Parallel()
	twice := append(count(200), 200, 201)
	for name, test := range map[string]struct {
		server    server
		limit     int64
		want      int
		total     int64
		requests  []string
		unsettled bool
	}{
		"nothing":                      {server{}, 0, 0, 0, []string{"0+200"}, false},
		"one":                          {server{rows: count(1)}, 0, 1, 1, []string{"0+200"}, false},
		"one page":                     {server{rows: count(200)}, 0, 200, 200, []string{"0+200"}, false},
		"more than a page":             {server{rows: count(201)}, 0, 201, 201, []string{"0+200", "200+200"}, false},
		"limit within the first page":  {server{rows: count(500)}, 7, 7, 500, []string{"0+7"}, false},
		"limit at the end of a page":   {server{rows: count(500)}, 200, 200, 500, []string{"0+200"}, false},
		"limit in the second page":     {server{rows: count(500)}, 250, 250, 500, []string{"0+200", "200+50"}, false},
		"limit beyond the end":         {server{rows: count(201)}, 300, 201, 201, []string{"0+200", "200+100"}, false},
		"no count":                     {server{rows: count(201), noCount: true}, 0, 201, 0, []string{"0+200", "200+200", "201+200"}, false},
		"no count, full page":          {server{rows: count(200), noCount: true}, 0, 200, 0, []string{"0+200", "200+200"}, false},
		"no count, limit":              {server{rows: count(500), noCount: true}, 250, 250, 0, []string{"0+200", "200+50"}, false},
		"smaller pages than asked for": {server{rows: count(250), most: 100}, 0, 250, 250, []string{"0+200", "100+200", "200+200"}, false},
		"larger pages than asked for":  {server{rows: count(250), all: true}, 0, 250, 250, []string{"0+200"}, false},
		"everything at once, no count": {server{rows: count(250), all: true, noCount: true}, 0, 250, 0, []string{"0+200", "250+200"}, false},
		"small pages, no count": {server{rows: count(250), most: 100, noCount: true}, 0, 250, 0,
			[]string{"0+200", "100+200", "200+200", "250+200"}, false},
		"everything at once, but a few": {server{rows: count(250), all: true}, 3, 3, 250, []string{"0+3"}, false},
		"a row twice":                   {server{rows: twice}, 0, 201, 202, []string{"0+200", "200+200"}, true},
		"rows without a key":            {server{rows: make([]int, 250)}, 0, 250, 250, []string{"0+200", "200+200"}, false},
		// Without a count, nothing but rows that come twice tells that others may be missing.
		"a row twice, no count":             {server{rows: twice, noCount: true}, 0, 201, 0, []string{"0+200", "200+200", "202+200"}, true},
		"a row twice, no count, but enough": {server{rows: twice, noCount: true}, 150, 150, 0, []string{"0+150"}, false},
		"everything at once, deaf, no count": {
			server{rows: count(250), all: true, deaf: true, noCount: true}, 0, 250, 0, []string{"0+200", "250+200"}, false,
		},
	} {
		s := test.server
		got, err := collect(test.limit, s.fetch, identity)
		if err != nil || len(got.Items) != test.want || got.Total != test.total || got.Unsettled != test.unsettled ||
			!slices.Equal(s.requests, test.requests) {
			t.Errorf("%s: %d rows of %d after %q, %v; want %d of %d after %q", name, len(got.Items), got.Total, s.requests, err, test.want,
				test.total, test.requests)
		}
	}
}

// A page is fetched only when somebody wants a row of it.
func TestPagesAreLazy(t *testing.T) {
	t.Parallel()
	s := server{rows: count(1000)}
	rows := pages(s.fetch, identity)
	if len(s.requests) != 0 {
		t.Error("asked before anybody wanted to know")
	}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if row == 200 {
			break
		}
	}
	if want := []string{"0+200"}; !slices.Equal(s.requests, want) {
		t.Errorf("asked %q, want %q", s.requests, want)
	}
}

func TestPagesBeginAgain(t *testing.T) {
	t.Parallel()
	dropping := func(when func(request int) bool) func(*server, int) {
		return func(s *server, request int) {
			if when(request) {
				s.rows = s.rows[1:]
			}
		}
	}
	for name, test := range map[string]struct {
		before    func(s *server, request int)
		requests  int
		first     int
		unsettled bool
	}{
		"one change":          {dropping(func(request int) bool { return request == 1 }), 2 + 3, 2, false},
		"two changes":         {dropping(func(request int) bool { return request == 1 || request == 3 }), 2 + 2 + 3, 3, false},
		"changes without end": {dropping(func(request int) bool { return request%2 == 1 }), 2 + 2 + 3, 0, true},
		"emptied": {func(s *server, request int) {
			if request == 1 {
				s.rows = nil
			}
		}, 2 + 1, 0, false},
		"a change before reading": {dropping(func(request int) bool { return request == 0 }), 3, 2, false},
	} {
		s := server{rows: count(450), before: test.before}
		got, err := collect(0, s.fetch, identity)
		if err != nil || len(s.requests) != test.requests || got.Unsettled != test.unsettled {
			t.Errorf("%s: %d requests %q, unsettled %t, %v", name, len(s.requests), s.requests, got.Unsettled, err)
			continue
		}
		if test.first != 0 && (len(got.Items) != len(s.rows) || got.Items[0] != test.first) {
			t.Errorf("%s: %d rows from %d on", name, len(got.Items), got.Items[0])
		}
		// A stream cannot take back what has gone, but it misses nothing and repeats nothing.
		s = server{rows: count(450), before: test.before}
		seen := map[int]int{}
		for row, err := range pages(s.fetch, identity) {
			if err != nil {
				t.Fatal(err)
			}
			seen[row]++
		}
		for _, row := range s.rows {
			if seen[row] != 1 && !test.unsettled {
				t.Errorf("%s: row %d comes %d times", name, row, seen[row])
			}
		}
	}
}

func TestPagesNoticeAnIgnoredOffset(t *testing.T) {
	t.Parallel()
	s := server{rows: count(450), deaf: true}
	_, err := collect(0, s.fetch, identity)
	if ignored, ok := errors.AsType[*IgnoredParameterError](err); !ok || ignored.Parameter != "offset" ||
		ignored.Value != strconv.Itoa(PageSize) {
		t.Errorf("got %v", err)
	}
	// One page is enough for some.
	s = server{rows: count(450), deaf: true}
	if got, err := collect(200, s.fetch, identity); err != nil || len(got.Items) != 200 {
		t.Errorf("%d rows, %v", len(got.Items), err)
	}
	// A row that moved to the next page is no sign of deafness.
	s = server{rows: count(201), before: func(s *server, request int) {
		if request == 1 {
			s.rows = append([]int{1000}, s.rows[:200]...)
		}
	}}
	if got, err := collect(0, s.fetch, identity); err != nil || len(got.Items) != 200 {
		t.Errorf("%d rows, %v", len(got.Items), err)
	}
}

// A list that never ends is given up when its pages, or what is made of them, have taken enough memory.
func TestPagesThatNeverEnd(t *testing.T) {
	t.Parallel()
	type wide [1 << 10]int64
	for name, bytes := range map[string]int{"large pages": 15 << 20, "small pages, large rows": 1} {
		requests, most := 0, 1+maxListBytes/max(bytes, 2*8<<10)
		fetch := func(offset, size int) (page[wide], error) {
			if requests++; requests > most {
				return page[wide]{}, errors.New("this never ends")
			}
			p := page[wide]{Hits: rows[wide]{items: make([]wide, size/100), bytes: bytes}}
			for i := range p.Hits.items {
				p.Hits.items[i][0] = int64(offset + i + 1)
			}
			total := Int(1e9)
			p.Count = Lenient[Int]{Answered: true, Value: &total}
			return p, nil
		}
		var err error
		for _, failed := range pages(fetch, func(row wide) int64 { return row[0] }) {
			err = failed
		}
		if _, ok := errors.AsType[*LargeListError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
		if requests != most {
			t.Errorf("%s: %d requests, want %d", name, requests, most)
		}
	}
}

// A whole list ends with an error if rows may be missing, after all that came.
func TestWholeList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server server
		want   int
		whole  bool
	}{
		"nothing":               {server{}, 0, true},
		"more than a page":      {server{rows: count(450)}, 450, true},
		"no count":              {server{rows: count(450), noCount: true}, 450, true},
		"a row twice":           {server{rows: append(count(200), 200, 201)}, 201, false},
		"a row twice, no count": {server{rows: append(count(200), 200, 201), noCount: true}, 201, false},
		"one change": {server{rows: count(450), before: func(s *server, request int) {
			if request == 1 {
				s.rows = append(s.rows, 451)
			}
		}}, 451, true},
		"changes without end": {server{rows: count(450), before: func(s *server, _ int) { s.rows = append(s.rows, len(s.rows)+1) }}, 457, false},
	} {
		s := test.server
		rows, last := 0, error(nil)
		for _, err := range wholeList("GET /list", s.fetch, identity) {
			if err == nil {
				rows++
			}
			last = err
		}
		if rows != test.want || (last == nil) != test.whole || !test.whole && !is[*UnsettledError](last) {
			t.Errorf("%s: %d rows, %v", name, rows, last)
		}
	}
}
