package immuta

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/google/go-querystring/query"
)

// queryOf is the query that the tags of a struct make of it. What is empty or nil is left out: it was not asked for. A key is
// repeated for each value of a list, because lists separated by commas are not known to work.
func queryOf(search any) url.Values {
	values, err := query.Values(search)
	if err != nil {
		panic(fmt.Sprintf("query of %T: %v", search, err)) // Only what is not a struct is refused.
	}
	return values
}

// paged adds the part of a list that is wanted.
func paged(query url.Values, offset, size int) url.Values {
	query.Set("offset", strconv.Itoa(offset))
	query.Set("size", strconv.Itoa(size))
	return query
}
