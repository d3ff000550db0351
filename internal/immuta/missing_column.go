package immuta

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// MissingColumn tells whether a call that names a column was refused because there is no such column, and returns the refusal with
// those that do exist. A dictionary that cannot be read tells nothing.
func (c *Client) MissingColumn(ctx context.Context, sourceID int64, column string, refusal error) (missing bool, explained error) {
	switch StatusOf(refusal) {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return false, refusal
	}
	dictionary, err := c.Dictionary(ctx, sourceID)
	if err != nil {
		return false, refusal
	}
	names := dictionary.Names()
	if slices.Contains(names, column) {
		return false, refusal
	}
	return true, fmt.Errorf("data source %d has no column %q, but %s: %w", sourceID, column, JoinColumns(names), refusal)
}

// JoinColumns writes the names of columns for a message, the first fifty of them.
func JoinColumns(names []string) string {
	const most = 50
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return strings.Join(names, ", ")
}
