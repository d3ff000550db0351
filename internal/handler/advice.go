package handler

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// addError reports what failed, with what is known of the failures of calls for sources.
func (r *Resource[M]) addError(diags *diag.Diagnostics, attempted string, err error) {
	tf.AddError(diags, attempted, explain(err), r.Fields)
}

// explain adds to an error what to do about it, where that is particular to sources.
func explain(err error) error {
	refusal, ok := errors.AsType[*immuta.Error](err)
	switch {
	case !ok || refusal.Status < 400 || refusal.Status >= 500 || refusal.Foreign:
		return err
	case isOfConnections(refusal):
		return tf.Advise(err, "This tenant manages its sources through connections: they are registered by crawling a connection, and "+
			"enabled, disabled and removed in the connection's settings, not source by source. Make the change there. To keep Terraform from "+
			"managing the source, set on_destroy = \"abandon\" or use a removed block with lifecycle { destroy = false }.")
	case immuta.IsTaken(refusal):
		return tf.Advise(err, "Choose another name or table, or import what has it; disabled data sources have theirs too. If the configuration "+
			"declares the table twice, remove one of the two. If what has it leaves with the same apply, apply once more.")
	}
	return err
}

// isOfConnections recognizes refusals of tenants that manage sources through connections, where several calls are deprecated. How they
// refuse is not documented, so the message is searched for the words (L).
func isOfConnections(refusal *immuta.Error) bool {
	return refusal.Says("connection") && (refusal.Says("deprecated") || refusal.Says("managed") || refusal.Says("not supported"))
}
