package tf

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// SourceImportID reads the import id of something that belongs to one data source and needs no more than that: "57".
func SourceImportID(given string, diags *diag.Diagnostics) (sourceID int64, ok bool) {
	if id, err := strconv.ParseInt(given, 10, 64); err == nil && id > 0 {
		return id, true
	}
	AddMalformedID(given, "the id of the data source (57)", diags)
	return 0, false
}

// ChildImportID reads the import id of one thing among several that belong to a data source: "57/" and whatever names the
// thing. Forms describes the legal ids, for the error.
func ChildImportID(given, forms string, diags *diag.Diagnostics) (sourceID int64, child string, ok bool) {
	head, child, found := strings.Cut(given, "/")
	id, err := strconv.ParseInt(head, 10, 64)
	if !found || child == "" || err != nil || id <= 0 {
		AddMalformedID(given, forms, diags)
		return 0, "", false
	}
	return id, child, true
}

// NumberedImportID is [ChildImportID] for things that have a number of their own: "57/1200".
func NumberedImportID(given, what string, diags *diag.Diagnostics) (sourceID, id int64, ok bool) {
	forms := fmt.Sprintf("the id of the data source and the id of the %s (57/1200)", what)
	sourceID, child, ok := ChildImportID(given, forms, diags)
	if !ok {
		return 0, 0, false
	}
	id, err := strconv.ParseInt(child, 10, 64)
	if err != nil || id <= 0 {
		AddMalformedID(given, forms, diags)
		return 0, 0, false
	}
	return sourceID, id, true
}

// AddMalformedID refuses an import id and names the legal forms.
func AddMalformedID(given, forms string, diags *diag.Diagnostics) {
	diags.AddError("Malformed import id", fmt.Sprintf("Importing %q: expected %s.", given, forms))
}

// ImportByIdentity copies numeric attributes of an identity into the state. It serves imports without an id.
func ImportByIdentity(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse, names ...string) {
	if req.Identity == nil {
		resp.Diagnostics.AddError("Nothing to import by", "Give an id or an identity.")
		return
	}
	for _, name := range names {
		var value types.Int64
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(name), &value)...)
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}
