package task

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// addCreateError reports that a request could not be made, on the attribute at fault as far as that can be told.
func (m *model) addCreateError(ctx context.Context, client *immuta.Client, attempted string, err error, diags *diag.Diagnostics) {
	if immuta.IsNotFound(err) {
		diags.AddAttributeError(path.Root("data_source_id"), "No such data source",
			fmt.Sprintf("%s failed: %v.\n\nGive the id of a data source that exists and is visible to the API key's user.", attempted, err))
		return
	}
	tf.AddError(diags, attempted, tf.MissingColumn(ctx, client, m.DataSourceID.ValueInt64(), "column", m.Column.ValueString(), err), fields)
	if immuta.IsUncertain(err) {
		diags.AddWarning("Whether the request was made is not known",
			"No answer to trust came, and a request carries nothing to recognize it by. "+
				"Applying again makes it, perhaps for the second time: if so, delete the extra one in Immuta.")
	}
}
