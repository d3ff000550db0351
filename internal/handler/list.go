package handler

import (
	"context"
	"errors"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ListResources are the lists of the sources of all technologies among the resources.
func ListResources(resources []func() resource.Resource) []func() list.ListResource {
	var lists []func() list.ListResource
	for _, construct := range resources {
		if r, ok := construct().(lister); ok {
			lists = append(lists, r.newList)
		}
	}
	return lists
}

// lister is implemented by every Resource, whatever its model.
type lister interface{ newList() list.ListResource }

// newList is the list of the technology's sources, with a resource of its own.
func (r *Resource[M]) newList() list.ListResource {
	r = newResource(r.d)
	return tf.List[tf.SourceFilter, immuta.SourceRow, M]{
		Resource:  &r.Resource,
		Schema:    r.listSchema,
		Attempted: func(*tf.SourceFilter) string { return "Listing the data sources of " + r.d.Technology.Title },
		Rows:      r.rows,
		Keys:      func(_ *tf.SourceFilter, row immuta.SourceRow) []any { return []any{int64(row.ID)} },
		Title:     tf.SourceTitle,
		Read:      r.readListed,
	}.New()
}

func (r *Resource[M]) listSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the data sources of " + r.d.Technology.Title + " that the API key's user may see, disabled ones included. " +
			"All filters that are given have to fit.\n\n" +
			"Immuta's listing is read page by page, 200 data sources a request, and no further than the `limit` of the `list` block needs. With " +
			"`include_resource = true`, each data source is read as well, with two requests.",
		Attributes: tf.SourceFilters(),
	}
}

// rows lists what Immuta has of the technology.
func (r *Resource[M]) rows(
	ctx context.Context, client *immuta.Client, f *tf.SourceFilter, bound immuta.Bound,
) iter.Seq2[immuta.SourceRow, error] {
	search := f.Search()
	search.Technologies = []string{r.d.Technology.Label}
	return client.ListSources(ctx, search, bound)
}

// readListed reads a source as an import does.
func (r *Resource[M]) readListed(ctx context.Context, refresh *tf.Refresh, row immuta.SourceRow, m *M) error {
	found, err := r.read(ctx, refresh.Client, int64(row.ID), 0, nil)
	if _, ok := errors.AsType[*otherTechnologyError](err); ok {
		return tf.ErrNotListed
	}
	if err != nil {
		return explain(err)
	}
	refresh.Diags.Append(r.fromAPI(m, found)...)
	return nil
}
