package tf

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// MissingColumn explains the refusal of a call that names a column: if it is the column that does not exist, the error goes to
// the attribute and lists those that do. A dictionary that cannot be read leaves the error as it is.
func MissingColumn(ctx context.Context, client *immuta.Client, sourceID int64, attribute, column string, err error) error {
	switch immuta.StatusOf(err) {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return err
	}
	dictionary, readErr := client.Dictionary(ctx, sourceID)
	if readErr != nil {
		return err
	}
	const most = 50
	var names []string
	for _, c := range dictionary.Columns {
		names = append(names, c.Name())
	}
	if slices.Contains(names, column) {
		return err
	}
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return At(attribute, fmt.Errorf("data source %d has no column %q, but %s: %w", sourceID, column, strings.Join(names, ", "), err))
}
