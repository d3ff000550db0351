package blob_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

func TestAccLifecycle(t *testing.T) {
	w := newWorld(t)
	step := func(config acctest.Config, action plancheck.ResourceActionType, content string) resource.TestStep {
		return w.Step(config, action, nil, w.Has("content_sha256", knownvalue.StringExact(sum(content))), w.Has("filesize", knownvalue.Int64Exact(int64(len(content)))))
	}
	w.Run(
		step(w.config().With("tags", []any{"a"}), plancheck.ResourceActionCreate, "id,total\n1,2\n"),
		step(w.config(), plancheck.ResourceActionReplace, "id,total\n1,2\n"),
		acctest.Drifted(func() { w.write("changed") }, step(w.config(), plancheck.ResourceActionReplace, "changed")),
		acctest.Drifted(func() {
			if got := string(w.only().Content); got != "changed" {
				t.Errorf("the content is %q", got)
			}
			w.Tenant.RemoveBlob(w.Source, blobID)
		}, step(w.config(), plancheck.ResourceActionCreate, "changed")),
		resource.TestStep{
			ResourceName: w.Address(), ImportState: true, ImportStateVerify: true, ImportStateId: "100/" + blobID,
			ImportStateVerifyIgnore: []string{"source"},
		},
	)
	if left := w.Tenant.Blobs(w.Source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

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
