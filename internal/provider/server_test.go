package provider_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// indiscreet is a provider with a data source that says in its diagnostics whatever it is told.
type indiscreet struct {
	*provider.Provider
	text string
}

func (p indiscreet) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return gossip{p.text} }}
}

type gossip struct{ text string }

func (gossip) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "immuta_gossip"
}

func (gossip) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{}
}

func (g gossip) Read(_ context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.Diagnostics.AddError("Summary of "+g.text, "Detail of "+g.text)
	resp.Diagnostics.AddWarning("Warning of "+g.text, "Detail of "+g.text)
}

// Whoever wrote a text, and whatever is in it: the server sees to it that it can be shown.
func TestServerMakesTextsFitToBeShown(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	text := fake.DefaultAPIKey + " \x1b[31mred\r\u202eright to left\x00 \u009b, line\nbreak"
	p := env.ProtocolOf(provider.NewServer(indiscreet{provider.New("test"), text}))
	_, diags := p.DataSource("immuta_gossip", nil)
	texts := append(diags.Errors(), diags.Warnings()...)
	if len(texts) != 2 {
		t.Fatalf("%q", texts)
	}
	for _, got := range texts {
		bad := []string{fake.DefaultAPIKey, "\x1b", "\r", "\u202e", "\x00", "\u009b"}
		if slices.ContainsFunc(bad, func(s string) bool { return strings.Contains(got, s) }) {
			t.Errorf("%q", got)
		}
		if !strings.Contains(got, "*** \\x1b[31mred") || !strings.Contains(got, "line\nbreak") {
			t.Errorf("%q says something else", got)
		}
	}
}
