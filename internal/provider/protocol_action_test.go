package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// talkative is a provider with an action that has a write-only argument and says whatever it is told.
type talkative struct {
	*provider.Provider
	text string
}

func (p talkative) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return chatter{p.text} }}
}

type chatter struct{ text string }

func (chatter) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "immuta_chatter"
}

func (chatter) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"secret_wo": schema.StringAttribute{Optional: true, WriteOnly: true},
	}}
}

func (c chatter) ModifyPlan(_ context.Context, _ action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	resp.Diagnostics.AddWarning("Plan of "+c.text, "Detail of "+c.text)
}

func (c chatter) ValidateConfig(_ context.Context, _ action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	resp.Diagnostics.AddWarning("Configuration of "+c.text, "Detail of "+c.text)
}

func (c chatter) Invoke(_ context.Context, _ action.InvokeRequest, resp *action.InvokeResponse) {
	resp.SendProgress(action.InvokeProgressEvent{Message: "Progress of " + c.text})
	resp.Diagnostics.AddError("Summary of "+c.text, "Detail of "+c.text)
}

func newTalkative(t *testing.T) *acctest.Protocol {
	t.Helper()
	t.Parallel()
	return acctest.NewSerial(t).ProtocolOf(provider.NewServer(talkative{provider.New("test"), fake.DefaultAPIKey + "\x1b[31m"}))
}

// Whatever an action says, and when: the server sees to it that it can be shown.
func TestServerMakesTextsOfActionsFitToBeShown(t *testing.T) {
	got := newTalkative(t).Invoke("immuta_chatter", nil)
	if len(got.Progress) != 1 || len(got.Errors()) != 1 || len(got.Warnings()) != 2 {
		t.Fatalf("%q", got.Said())
	}
	said := got.Said()
	if strings.Contains(said, fake.DefaultAPIKey) || strings.Count(said, `***\x1b[31m`) != 7 {
		t.Errorf("%q", said)
	}
}

// Arguments of immuta_update_connection that are secrets would be write-only if the framework let them be.
func TestFrameworkRefusesWriteOnlyArgumentsOfActions(t *testing.T) {
	diags := newTalkative(t).PlanAction("immuta_chatter", attrs{"secret_wo": "x"})
	for _, text := range diags.Errors() {
		if strings.Contains(text, "WriteOnly Attribute Not Allowed") {
			return
		}
	}
	t.Error("the framework takes write-only arguments in actions now: give the secrets of immuta_update_connection that form")
}
