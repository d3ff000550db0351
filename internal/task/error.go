package task

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// addCreateError reports that a request could not be made, on the attribute at fault as far as that can be told.
func (m *model) addCreateError(ctx context.Context, client *immuta.Client, attempted string, err error, diags *diag.Diagnostics) {
	if immuta.IsNotFound(err) {
		tf.AddNoSource(diags, attempted, err)
		return
	}
	if missing, explained := client.MissingColumn(ctx, m.DataSourceID.ValueInt64(), m.Column.ValueString(), err); missing {
		err = tf.At("column", explained)
	}
	tf.AddError(diags, attempted, err, fields)
	if immuta.IsUncertain(err) {
		diags.AddWarning("Whether the request was made is not known",
			"No answer to trust came, and a request carries nothing to recognize it by. "+
				"Applying again makes it, perhaps for the second time: if so, delete the extra one in Immuta.")
	}
}
