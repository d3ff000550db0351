package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// addError reports what failed, with what is known of the failures of calls for sources.
func (r *Resource[M]) addError(diags *diag.Diagnostics, attempted string, err error) {
	tf.AddError(diags, attempted, explain(err), fieldsOf(r.d.Values(new(M), answer{}), r.d.Fields))
}

// explain adds to an error what to do about it, where that is particular to sources.
func explain(err error) error {
	switch {
	case immuta.IsOfConnections(err):
		return tf.Advise(err, "This tenant manages its sources through connections: they are registered by crawling a connection, and "+
			"enabled, disabled and removed in the connection's settings, not source by source. Make the change there. To keep Terraform from "+
			"managing the source, set on_destroy = \"abandon\" or use a removed block with lifecycle { destroy = false }.")
	case immuta.IsTaken(err):
		return tf.Advise(err, "Choose another name or table, or import what has it; disabled data sources have theirs too. If the configuration "+
			"declares the table twice, remove one of the two. If what has it leaves with the same apply, apply once more.")
	}
	return err
}
