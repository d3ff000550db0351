package handler

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// A change of several requests can stop half-way, and not all of what is missing shows in Immuta's answers: the name stands
// in the source and in its handler but is read from the source, and secrets and columns are never read. Private state notes
// such a source, so that the next plan sends the whole configuration again.

const unfinishedKey = "unfinished"

func noteUnfinished(ctx context.Context, private tf.PrivateWriter, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, unfinishedKey, []byte("true"))...)
}

func noteFinished(ctx context.Context, private tf.PrivateWriter, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, unfinishedKey, nil)...)
}

func isUnfinished(ctx context.Context, private tf.PrivateReader) bool {
	value, _ := private.GetKey(ctx, unfinishedKey)
	return len(value) > 0
}
