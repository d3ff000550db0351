package handler_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestSourceDestroy destroys in every way that on_destroy and deletion_protection can ask for, on the source or by default.
func TestSourceDestroy(t *testing.T) {
	type destroyed struct {
		calls []string
		left  string
	}
	disabled := destroyed{[]string{disable, look}, "a disabled source"}
	deleted, abandoned := destroyed{[]string{erase, erase}, "nothing"}, destroyed{left: "a live source"}
	for name, test := range map[string]struct {
		source, defaults attrs
		want             destroyed
		// shared is as in edit.
		shared bool
	}{
		"by default":                      {want: disabled, shared: true},
		"disable":                         {source: attrs{"on_destroy": "disable"}, want: disabled},
		"delete":                          {source: attrs{"on_destroy": "delete"}, want: deleted},
		"abandon":                         {source: attrs{"on_destroy": "abandon"}, want: abandoned},
		"delete what is disabled":         {source: attrs{"on_destroy": "delete", "enabled": false}, want: destroyed{[]string{erase}, "nothing"}},
		"delete by default":               {defaults: attrs{"on_destroy": "delete"}, want: deleted, shared: true},
		"abandon by default":              {defaults: attrs{"on_destroy": "abandon"}, want: abandoned, shared: true},
		"disable in spite of the default": {attrs{"on_destroy": "disable"}, attrs{"on_destroy": "delete"}, disabled, true},
		"not protected in spite of the default": {
			attrs{"deletion_protection": false}, attrs{"deletion_protection": true}, disabled, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachTechnology(t, func(t *testing.T, tech technology) {
				if test.shared && !tech.isFirst() {
					return
				}
				s := tech.start(t)
				s.configure(test.defaults)
				s.apply(changed(tech.config, test.source))
				s.destroy()
				s.wantCalls(test.want.calls...)
				left := "nothing"
				for _, source := range s.env.Tenant.Sources() {
					if left = "a live source"; source.Deleted {
						left = "a disabled source"
					}
				}
				wantSame(t, "what is left", left, test.want.left)
			})
		})
	}
}

// configure gives the provider's configuration source_defaults.
func (s *session) configure(defaults attrs) {
	s.t.Helper()
	s.p = s.env.Protocol(attrs{"source_defaults": defaults})
}

// destroy takes the source out of the configuration.
func (s *session) destroy() {
	s.t.Helper()
	s.env.Tenant.ResetJournal()
	s.r, s.diags = s.p.Apply(s.r, nil)
	s.sent = s.env.Tenant.Journal()
	s.diags.WantNoError(s.t)
	if s.r.Exists() {
		s.t.Fatal("the source is still in the state")
	}
}

// TestSourceDeletionProtection fails a destroy when it is planned, or applied as a part of a replacement that nothing but Terraform
// plans, and lets it through once the protection is lifted and that has been applied: not before, and not by taking the whole source
// out of the configuration.
func TestSourceDeletionProtection(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		for _, on := range []string{"disable", "delete", "abandon"} {
			if on != "delete" && !tech.isFirst() {
				continue
			}
			protected := tech.config.With("deletion_protection", true).With("on_destroy", on)
			s.apply(protected)
			s.p.TryPlan(s.r, nil).WantErrorAt(t, "deletion_protection", "Set deletion_protection = false on it", sourceName)
			unplanned := acctest.Plan{Planned: tftypes.NewValue(s.r.State.Type(), nil)}
			after, diags := s.p.ApplyPlan(s.r, unplanned, nil)
			diags.WantErrorAt(t, "deletion_protection", "The data source is protected from being destroyed")
			if !after.Exists() || s.source().Deleted {
				t.Error("it was destroyed all the same")
			}
			s.applyBy(protected.With("deletion_protection", false))
			s.p.Planned(s.r, nil)
		}
		s.configure(attrs{"deletion_protection": true})
		s.apply(tech.config)
		s.p.TryPlan(s.r, nil).WantErrorAt(t, "deletion_protection", "source_defaults", sourceName)
	})
}

// TestSourceDestroyTellsWhatImmutaCouldNotCleanUp passes on what Immuta says of the remote system.
func TestSourceDestroyTellsWhatImmutaCouldNotCleanUp(t *testing.T) {
	s := snowflake().created(t, snowflake().config.With("on_destroy", "delete"))
	s.env.Tenant.UpdateSource(s.source().ID, func(source *fake.Source) { source.HandlerDeleteError = "the view is locked" })
	s.destroy()
	s.diags.WantWarning(t, "the view is locked")
}

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
