package blob_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestAccContentKnownAtApply uploads what another resource makes in the same apply.
func TestAccContentKnownAtApply(t *testing.T) {
	w := newWorld(t)
	config := w.config().Without("source").With("content_base64", acctest.Expression("base64encode(terraform_data.made.output)"))
	made := func(content string) string {
		return "resource \"terraform_data\" \"made\" {\n  input = \"" + content + "\"\n}\n" + config.HCL(resourceType, "test")
	}
	w.Run(
		resource.TestStep{Config: made("first")},
		resource.TestStep{Config: made("second"), PostApplyFunc: func() {
			if got := string(w.only().Content); got != "second" {
				t.Errorf("the content is %q", got)
			}
		}},
	)
}
