package handler_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestProtocolReplacementNeedsAFreeName: a source that is only disabled keeps its name, and its successor cannot have it.
func TestProtocolReplacementNeedsAFreeName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		was, becomes attrs
		refused      bool
	}{
		"the same name":               {becomes: attrs{}, refused: true},
		"another name":                {becomes: attrs{"name": "Returns"}},
		"a name that is not known":    {becomes: attrs{"name": acctest.Unknown}},
		"the old one is deleted":      {was: attrs{"on_destroy": "delete"}, becomes: attrs{"on_destroy": "delete"}},
		"it would be, but is not yet": {becomes: attrs{"on_destroy": "delete"}, refused: true},
		"the old one is abandoned":    {was: attrs{"on_destroy": "abandon"}, becomes: attrs{"on_destroy": "abandon"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := acctest.Start(t, nil)
			config := attrs{"name": "Orders", "integration_id": 4, "prefix": "sales/orders"}
			r := p.Applied(acctest.Resource{Type: "immuta_s3_data_source"}, protoConfigOf(config, test.was))
			diags := p.TryPlan(r, protoConfigOf(config, attrs{"prefix": "sales/returns"}, test.becomes))
			if !test.refused {
				diags.WantNone(t)
				return
			}
			diags.WantErrorAt(t, "name", "The replacement would meet its own name", "data source 100 (Orders)", "Change the name too")
		})
	}
}
