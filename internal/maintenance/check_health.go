package maintenance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewCheckHealth is the action immuta_check_data_source_health.
func NewCheckHealth() action.Action {
	return tf.Action[healthModel]{
		Name: "immuta_check_data_source_health",
		Schema: func() schema.Schema {
			attributes := sourceAttributes("Id of the data source.")
			attributes["fail_on_failed_checks"] = schema.BoolAttribute{
				MarkdownDescription: "Whether the action fails if a check does. `false` only warns. Default: `true`.", Optional: true,
			}
			return schema.Schema{
				MarkdownDescription: "Runs the health checks of a data source, such as a query against the remote platform, and says what they " +
					"found. They may change the data source's status in Immuta.",
				Attributes: attributes,
			}
		},
		Attempted: func(m *healthModel) string { return fmt.Sprintf("Checking the health of data source %d", m.id()) },
		Subject:   dataSourceID,
		Run:       checkHealth,
	}.New()
}

type healthModel struct {
	sourceModel

	FailOnFailedChecks types.Bool `tfsdk:"fail_on_failed_checks"`
}

func checkHealth(ctx context.Context, r *tf.Running, m *healthModel) error {
	r.Progress("Immuta runs the health checks of data source %d.", m.id())
	health, err := r.Client.RunHealthChecks(ctx, m.id())
	if err != nil {
		return err
	}
	var others, failed, found []string
	for _, name := range slices.Sorted(maps.Keys(health)) {
		switch check := health[name]; {
		case check.Failed():
			failed = append(failed, r.Client.Show(name))
			found = append(found, fmt.Sprintf("%s: %s", r.Client.Show(name), r.Client.Show(string(check.JSON.Get()))))
		case check.Status.Get() != "":
			others = append(others, r.Client.Show(fmt.Sprintf("%s %s", name, check.Status.Get())))
		}
	}
	if len(others) > 0 {
		r.Progress("Checks of data source %d: %s.", m.id(), strings.Join(others, ", "))
	}
	if len(failed) == 0 {
		r.Progress("No check of data source %d failed.", m.id())
		return nil
	}
	summary := "these checks failed: " + strings.Join(failed, ", ")
	details := "What Immuta found:\n" + strings.Join(found, "\n")
	if !m.FailOnFailedChecks.IsNull() && !m.FailOnFailedChecks.ValueBool() {
		r.Warn("Health checks failed", summary+".\n\n"+details)
		return nil
	}
	return tf.At(dataSourceID, tf.Advise(errors.New(summary), details))
}
