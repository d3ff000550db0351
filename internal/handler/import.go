package handler

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ImportState takes the id of the source, "name:" with its name, "<prefix>/" with the id of its handler, or an identity. The
// read that follows fills in the rest.
func (r *Resource[M]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "" {
		tf.ImportByIdentity(ctx, r.importForms(), r.Identity, req, resp)
		return
	}
	id := r.importID(ctx, req.ID, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
}

// importForms describes the legal import ids.
func (r *Resource[M]) importForms() string {
	return fmt.Sprintf("the id of the data source (57), its name (name:Sales Orders) or the id of its handler (%s/22)", r.d.Technology.Prefix)
}

func (r *Resource[M]) importID(ctx context.Context, given string, resp *resource.ImportStateResponse) int64 {
	attempted := fmt.Sprintf("Importing %q", given)
	if id, err := strconv.ParseInt(given, 10, 64); err == nil && id > 0 {
		return id
	}
	name, byName := strings.CutPrefix(given, "name:")
	prefix, tail, byHandler := strings.Cut(given, "/")
	handlerID, err := strconv.ParseInt(tail, 10, 64)
	byHandler = byHandler && !byName && err == nil && handlerID > 0
	switch {
	case byName && name != "" && immuta.CheckName(name) == nil:
	case byHandler && prefix == r.d.Technology.Prefix:
	case byHandler:
		resp.Diagnostics.AddError("A handler of another technology",
			fmt.Sprintf("%s: handlers of %s have the prefix %q. Import %q with the resource type of its own technology.",
				attempted, r.d.Technology.Title, r.d.Technology.Prefix, given))
		return 0
	default:
		resp.Diagnostics.AddError("Malformed import id",
			fmt.Sprintf("%s: expected %s.", attempted, r.importForms()))
		return 0
	}
	client := r.RequireClient(attempted, &resp.Diagnostics)
	if client == nil {
		return 0
	}
	ctx, cancel := tf.BoundImport(ctx)
	defer cancel()
	var id int64
	if byName {
		var source *immuta.Source
		if source, err = client.SourceByName(ctx, name); err == nil {
			id = int64(source.ID)
		}
	} else {
		var handler *immuta.Handler
		if handler, err = client.Handler(ctx, immuta.HandlerRef{Prefix: prefix, ID: handlerID}); err == nil {
			id = handler.SourceID()
		}
	}
	if err != nil {
		r.addError(&resp.Diagnostics, attempted, err)
	}
	return id
}
