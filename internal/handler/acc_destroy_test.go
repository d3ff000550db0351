package handler_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A destroyPolicy is where on_destroy and deletion_protection can be said, and what comes of it.
type destroyPolicy struct {
	name string
	// source are attributes of the source, provider its source_defaults.
	source   acctest.Config
	provider object
	// calls are what a destroy sends.
	calls []string
	// left is what is left of the source.
	left string
	// shared is as in edit.
	shared bool
}

const (
	leftNothing  = "nothing"
	leftLive     = "a live source"
	leftDisabled = "a disabled source"
)

func destroyPolicies() []destroyPolicy {
	return []destroyPolicy{
		{name: "by default", calls: []string{disable, look}, left: leftDisabled, shared: true},
		{name: "disable", source: object{"on_destroy": "disable"}, calls: []string{disable, look}, left: leftDisabled},
		{name: "delete", source: object{"on_destroy": "delete"}, calls: []string{erase, erase}, left: leftNothing},
		{name: "abandon", source: object{"on_destroy": "abandon"}, left: leftLive},
		{name: "delete by default", provider: object{"on_destroy": "delete"}, calls: []string{erase, erase}, left: leftNothing, shared: true},
		{name: "abandon by default", provider: object{"on_destroy": "abandon"}, left: leftLive, shared: true},
		{
			name: "disable in spite of the default", source: object{"on_destroy": "disable"}, provider: object{"on_destroy": "delete"},
			calls: []string{disable, look}, left: leftDisabled, shared: true,
		},
		{
			name: "delete what is disabled", source: object{"on_destroy": "delete", "enabled": false},
			calls: []string{erase}, left: leftNothing,
		},
		{
			name: "not protected in spite of the default", source: object{"deletion_protection": false}, provider: object{"deletion_protection": true},
			calls: []string{disable, look}, left: leftDisabled, shared: true,
		},
	}
}

// TestSourceDestroy destroys in every way that there is.
func TestSourceDestroy(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		for _, policy := range destroyPolicies() {
			if policy.shared && !tech.isFirst() {
				continue
			}
			t.Run(policy.name, func(t *testing.T) {
				s := tech.start(t)
				s.configure(policy.provider)
				s.apply(tech.config.Merge(policy.source))
				s.destroy()
				s.wantCalls(policy.calls...)
				left := leftNothing
				for _, source := range s.env.Tenant.Sources() {
					if left = leftLive; source.Deleted {
						left = leftDisabled
					}
				}
				if left != policy.left {
					t.Errorf("%s is left, want %s", left, policy.left)
				}
			})
		}
	})
}

// configure gives the provider's configuration source_defaults.
func (s *session) configure(defaults object) {
	s.t.Helper()
	s.p = s.env.Protocol(object{"source_defaults": defaults})
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

// TestSourceDeletionProtection fails a destroy when it is planned, and lets it through once the protection is lifted and that
// has been applied: not before, and not by taking the whole source out of the configuration.
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
			s.apply(protected.With("deletion_protection", false))
			s.wantCalls()
			s.p.Planned(s.r, nil)
		}
		s.configure(object{"deletion_protection": true})
		s.apply(tech.config)
		s.p.TryPlan(s.r, nil).WantErrorAt(t, "deletion_protection", "source_defaults.deletion_protection", sourceName)
	})
}

// TestSourceDestroyTellsWhatImmutaCouldNotCleanUp passes on what Immuta says of the remote system.
func TestSourceDestroyTellsWhatImmutaCouldNotCleanUp(t *testing.T) {
	s := snowflake().created(t, snowflake().config.With("on_destroy", "delete"))
	s.env.Tenant.UpdateSource(s.source().ID, func(source *fake.Source) { source.HandlerDeleteError = "the view is locked" })
	s.destroy()
	s.diags.WantWarning(t, "the view is locked")
}

// TestAccDeletionProtection asks Terraform for a replacement, of which the provider learns in apply only.
func TestAccDeletionProtection(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	cli := env.CLI()
	config := tech.config.With("on_destroy", "delete")
	cli.Config(tech.hcl(config.With("deletion_protection", true)))
	cli.Run("apply", "-auto-approve")
	before, _ := env.Tenant.SourceByName(sourceName)
	env.Tenant.ResetJournal()
	replace := []string{"apply", "-auto-approve", "-replace=" + tech.address()}
	if said := cli.Fail(replace...); !strings.Contains(said, "The data source is protected from being destroyed") {
		t.Errorf("Terraform said:\n%s", said)
	}
	if writes := env.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("a protected source met %q", writes.Lines())
	}
	cli.Config(tech.hcl(config))
	cli.Run("apply", "-auto-approve")
	cli.Run(replace...)
	after, _ := env.Tenant.SourceByName(sourceName)
	if after.ID == before.ID || after.Deleted || len(env.Tenant.Sources()) != 1 {
		t.Errorf("after the replacement of %d the tenant has %+v", before.ID, env.Tenant.Sources())
	}
}
