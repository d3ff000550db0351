package blob_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

const address = resourceType + ".orders"

func TestAccLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	step := func(config acctest.Config, action plancheck.ResourceActionType, content string) resource.TestStep {
		return resource.TestStep{
			Config:           config.HCL(resourceType, "orders"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("content_sha256"), knownvalue.StringExact(sum(content))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("filesize"), knownvalue.Int64Exact(int64(len(content)))),
			},
		}
	}
	changed := step(w.config(), plancheck.ResourceActionReplace, "changed")
	changed.PreConfig = func() { w.write("changed") }
	gone := step(w.config(), plancheck.ResourceActionCreate, "changed")
	gone.PreConfig = func() {
		if got := string(w.only().Content); got != "changed" {
			t.Errorf("the content is %q", got)
		}
		w.Tenant.RemoveBlob(w.source, blobID)
	}
	w.Run(
		step(w.config().With("tags", []any{"a"}), plancheck.ResourceActionCreate, "id,total\n1,2\n"),
		step(w.config(), plancheck.ResourceActionReplace, "id,total\n1,2\n"),
		changed,
		gone,
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: "100/" + blobID,
			ImportStateVerifyIgnore: []string{"source"},
		},
	)
	if left := w.Tenant.Blobs(w.source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestAccContentKnownAtApply uploads what another resource makes in the same apply.
func TestAccContentKnownAtApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config().Without("source").With("content_base64", acctest.Expression("base64encode(terraform_data.made.output)"))
	made := func(content string) string {
		return "resource \"terraform_data\" \"made\" {\n  input = \"" + content + "\"\n}\n" + config.HCL(resourceType, "orders")
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
