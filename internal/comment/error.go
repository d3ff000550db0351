package comment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// addCreateError reports that a comment could not be added, on the attribute at fault as far as that can be told.
func (m *model) addCreateError(ctx context.Context, client *immuta.Client, attempted string, err error, diags *diag.Diagnostics) {
	if _, absent := errors.AsType[*immuta.AbsentError](err); absent {
		diags.AddAttributeError(path.Root("parent_id"), "No such comment",
			fmt.Sprintf("%s failed: %v.\n\nGive the id of a comment on the same data source.", attempted, err))
		return
	}
	if immuta.IsNotFound(err) {
		tf.AddNoSource(diags, attempted, err)
		return
	}
	if column := m.AffectedColumn.ValueString(); column != "" && !immuta.IsUncertain(err) {
		if missing, explained := client.MissingColumn(ctx, m.DataSourceID.ValueInt64(), column, err); missing {
			err = tf.At("affected_column", explained)
		}
	}
	tf.AddError(diags, attempted, err, fields)
	if immuta.IsUncertain(err) {
		diags.AddWarning("Whether the comment was added is not known",
			"No answer to trust came, and a comment carries nothing to recognize it by. "+
				"Applying again adds it, perhaps for the second time: if so, delete the extra one in Immuta.")
	}
}
