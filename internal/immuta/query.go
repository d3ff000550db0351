package immuta

import (
	"net/url"
	"strconv"
)

// params builds a query. What is empty or nil is left out: it was not asked for.
type params url.Values

func (p params) text(key, value string) {
	if value != "" {
		p[key] = []string{value}
	}
}

// texts repeats a key for each value. Lists separated by commas are not known to work.
func (p params) texts(key string, values []string) {
	if len(values) > 0 {
		p[key] = values
	}
}

func (p params) ids(key string, ids []int64) {
	for _, id := range ids {
		p[key] = append(p[key], strconv.FormatInt(id, 10))
	}
}

func (p params) number(key string, value *int64) {
	if value != nil {
		p[key] = []string{strconv.FormatInt(*value, 10)}
	}
}

func (p params) flag(key string, value *bool) {
	if value != nil {
		p[key] = []string{strconv.FormatBool(*value)}
	}
}

// paged adds the part of a list that is wanted.
func (p params) paged(offset, size int) url.Values {
	p["offset"] = []string{strconv.Itoa(offset)}
	p["size"] = []string{strconv.Itoa(size)}
	return url.Values(p)
}
