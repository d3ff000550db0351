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
			s3 := byPrefix("native-s3")
			r := p.Applied(s3.absent(), changed(s3.config, test.was))
			diags := p.TryPlan(r, changed(s3.config, attrs{"prefix": "sales/returns"}, test.becomes))
			if !test.refused {
				diags.WantNone(t)
				return
			}
			diags.WantErrorAt(t, "name", "The replacement would meet its own name", "data source 100 (Sales Orders)", "Change the name too")
		})
	}
}
