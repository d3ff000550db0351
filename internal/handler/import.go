package handler

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ImportState also takes "name:" with the name of the source, or "<prefix>/" with the id of its handler, and looks up the id. The read
// that follows fills in the rest.
func (r *Resource[M]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var ok bool
	if req.ID, ok = r.lookUpID(ctx, req.ID, &resp.Diagnostics); ok {
		r.Resource.ImportState(ctx, req, resp)
	}
}

// imports are the legal import ids.
func imports(t Technology) tf.Import {
	by := tf.ImportSource()
	by.Forms = fmt.Sprintf("the id of the data source (57), its name (name:Sales Orders) or the id of its handler (%s/22)", t.Prefix)
	return by
}

// lookUpID finds the id of the source that is meant by its name or its handler. Anything else is returned as it is.
func (r *Resource[M]) lookUpID(ctx context.Context, given string, diags *diag.Diagnostics) (id string, ok bool) {
	attempted := fmt.Sprintf("Importing %q", given)
	name, byName := strings.CutPrefix(given, "name:")
	prefix, tail, byHandler := strings.Cut(given, "/")
	handlerID, err := strconv.ParseInt(tail, 10, 64)
	byHandler = byHandler && !byName && err == nil && handlerID > 0
	switch {
	case byName && name != "" && immuta.CheckName(name) == nil:
	case byHandler && prefix == r.d.Technology.Prefix:
	case byHandler:
		diags.AddError("A handler of another technology",
			fmt.Sprintf("%s: handlers of %s have the prefix %q. Import %q with the resource type of its own technology.",
				attempted, r.d.Technology.Title, r.d.Technology.Prefix, given))
		return "", false
	default:
		return given, true
	}
	client := r.RequireClient(attempted, diags)
	if client == nil {
		return "", false
	}
	ctx, cancel := tf.BoundImport(ctx)
	defer cancel()
	var found int64
	if byName {
		var source *immuta.Source
		if source, err = client.SourceByName(ctx, name); err == nil {
			found = int64(source.ID)
		}
	} else {
		var handler *immuta.Handler
		if handler, err = client.Handler(ctx, immuta.HandlerRef{Prefix: prefix, ID: handlerID}); err == nil {
			found = handler.SourceID()
		}
	}
	if err != nil {
		r.addError(diags, attempted, err)
		return "", false
	}
	return fmt.Sprint(found), true
}
