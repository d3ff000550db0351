package tf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// SourceImportID reads the import id of something that belongs to one data source and needs no more than that: "57".
func SourceImportID(given string, diags *diag.Diagnostics) (sourceID int64, ok bool) {
	if id, err := strconv.ParseInt(given, 10, 64); err == nil && id > 0 {
		return id, true
	}
	addMalformedID(given, "the id of the data source (57)", diags)
	return 0, false
}

// ChildImportID reads the import id of one thing among several that belong to a data source: "57/" and whatever names the
// thing. Forms describes the legal ids, for the error.
func ChildImportID(given, forms string, diags *diag.Diagnostics) (sourceID int64, child string, ok bool) {
	head, child, found := strings.Cut(given, "/")
	id, err := strconv.ParseInt(head, 10, 64)
	if !found || child == "" || err != nil || id <= 0 {
		addMalformedID(given, forms, diags)
		return 0, "", false
	}
	return id, child, true
}

func addMalformedID(given, forms string, diags *diag.Diagnostics) {
	diags.AddError("Malformed import id", fmt.Sprintf("Importing %q: expected %s.", given, forms))
}
