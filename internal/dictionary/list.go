package dictionary

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewList is the list resource immuta_data_dictionary.
func NewList() list.ListResource {
	return tf.List[tf.SourceFilter, immuta.SourceRow, model]{
		Resource:  &newResource().Resource,
		Schema:    listSchema,
		Attempted: func(*tf.SourceFilter) string { return "Listing the dictionaries" },
		Rows:      sources,
		Keys:      func(_ *tf.SourceFilter, row immuta.SourceRow) []any { return []any{int64(row.ID)} },
		Title:     tf.SourceTitle,
		Read:      readListed,
	}.New()
}

func listSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the dictionaries of the data sources that the API key's user may see, disabled ones included. " +
			"All filters that are given have to fit.\n\n" +
			"Immuta's listing of data sources is read page by page, 200 a request, and no further than the `limit` of the `list` block needs. " +
			"It does not tell which data sources have a dictionary. With `include_resource = true`, each dictionary is read with one more " +
			"request, and data sources without one, such as those of Amazon S3, are left out; otherwise they are listed too.",
		Attributes: tf.SourceFilters(),
	}
}

func sources(
	ctx context.Context, client *immuta.Client, f *tf.SourceFilter, bound immuta.Bound,
) iter.Seq2[immuta.SourceRow, error] {
	return client.ListSources(ctx, f.Search(), bound)
}

// readListed reads a dictionary as an import does, if there is one.
func readListed(ctx context.Context, r *tf.Refresh, _ immuta.SourceRow, m *model) error {
	err := read(ctx, r, m)
	if immuta.IsNotFound(err) {
		return tf.ErrNotListed
	}
	return err
}
