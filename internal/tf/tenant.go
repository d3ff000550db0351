package tf

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// Ids and names mean something on one tenant only. The tenant that a state was written from is kept in private state, so that a
// provider which suddenly points elsewhere neither takes its objects for deleted nor changes somebody else's. Another host is
// another tenant until something proves that it is the same one under a new name.

// tenants remembers, for one run, which hosts have proved to be the configured tenant under another name.
type tenants struct {
	mu    sync.Mutex
	names map[string]bool
}

func (t *tenants) add(hosts ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names == nil {
		t.names = map[string]bool{}
	}
	for _, host := range hosts {
		t.names[host] = true
	}
}

func (t *tenants) has(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.names[host]
}

// RememberTenant notes which tenant a state is written from, and the proof that tells its object from others.
func (p *Provider) RememberTenant(ctx context.Context, private PrivateWriter, proof string, diags *diag.Diagnostics) {
	origin{Host: p.Client.Host(), Proof: proof}.save(ctx, private, diags)
}

// IsSameTenant tells whether a state was written from the host that the provider talks to, so that what is read from there
// needs no proof.
func (p *Provider) IsSameTenant(ctx context.Context, private PrivateReader) bool {
	return originOf(ctx, private).Host == p.Client.Host()
}

// RecognizeTenant decides whether what was just read is what the state speaks of. A state that was written from another host is
// only believed to be the same tenant's if the proof is the same, or if another object has proved the hosts to be one; then the
// new host is kept, with a warning. Otherwise there is an error, and nothing of the answer may be used.
func (p *Provider) RecognizeTenant(
	ctx context.Context, was PrivateReader, is PrivateWriter, proof, what string, diags *diag.Diagnostics,
) bool {
	from, host := originOf(ctx, was), p.Client.Host()
	if from.Host == "" || from.Host == host {
		p.tenants.add(from.Former...)
		if from.Host == "" || from.Proof != proof {
			origin{Host: host, Proof: proof, Former: from.Former}.save(ctx, is, diags)
		}
		return true
	}
	if proof != "" && proof == from.Proof {
		p.tenants.add(append(from.Former, from.Host)...)
	} else if !p.tenants.has(from.Host) {
		diags.AddError("Another tenant",
			fmt.Sprintf("The state of the %s was written from %s, and the provider's host is %s. What that has under the same id or name was not "+
				"made "+
				"at the same time or by the same user, or carries nothing to tell it by, so it is taken for another tenant's. Nothing was changed.\n\n"+
				"%s", what, from.Host, host, moveAdvice))
		return false
	}
	diags.AddWarning("The tenant has a new address",
		fmt.Sprintf("The state of the %s was written from %s. On %s it is the same, so that is taken for the same tenant under a new name, "+
			"and kept as its address.",
			what, from.Host, host))
	former := append(slices.Clone(from.Former), from.Host)
	origin{Host: host, Proof: proof, Former: slices.Compact(former)}.save(ctx, is, diags)
	return true
}

const moveAdvice = "If the host is wrong, set it back. If the tenant has moved, data sources prove that by themselves; what carries no " +
	"proof of its own is believed when a data source of the same run was read before it (depends_on), and otherwise has to be taken out of " +
	"the state (terraform state rm) and imported again."

// RefuseOtherTenant keeps a write from reaching a tenant that the state does not speak of.
func (p *Provider) RefuseOtherTenant(ctx context.Context, private PrivateReader, attempted string, diags *diag.Diagnostics) bool {
	from := originOf(ctx, private).Host
	if from == "" || from == p.Client.Host() {
		return false
	}
	diags.AddAttributeError(path.Root("id"), "Another tenant",
		fmt.Sprintf("%s was not tried: the state was written from %s, and the provider's host is %s. If both are the same tenant, "+
			"refresh first (terraform apply -refresh-only), which proves it; otherwise set the host back.", attempted, from, p.Client.Host()))
	return true
}

// RemoveGone deals with an answer that says that something does not exist: once a second witness has confirmed it, the resource
// leaves the state, with a warning. Confirm is asked for that witness. On a host that the state was not written from, absence
// proves nothing.
func (p *Provider) RemoveGone(
	ctx context.Context, private PrivateReader, what string, notFound error, confirm func(context.Context, error) error,
	state *tfsdk.State, diags *diag.Diagnostics,
) {
	if from := originOf(ctx, private).Host; from != "" && from != p.Client.Host() {
		diags.AddError("Another tenant",
			fmt.Sprintf("The state was written from %s, and %s does not know the %s. It is not taken as deleted.\n\n%s",
				from, p.Client.Host(), what, moveAdvice))
		return
	}
	if err := confirm(ctx, notFound); err != nil {
		AddError(diags, "Reading the "+what, err, nil)
		return
	}
	diags.AddWarning("Deleted outside of Terraform",
		fmt.Sprintf("Immuta does not know the %s any more. It is removed from the state, and the plan creates it anew "+
			"unless it leaves the configuration too.", what))
	state.RemoveResource(ctx)
}
