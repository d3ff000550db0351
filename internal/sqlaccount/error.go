package sqlaccount

import (
	"errors"
	"strings"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// calls is the path that the calls for SQL accounts begin with.
const calls = "/dataSource/featureStore"

// explain recognizes refusals of tenants whose query engine is off. How they refuse is not documented, so the message of a refused
// call for SQL accounts is searched for the words (L).
func explain(err error) error {
	refusal, ok := errors.AsType[*immuta.Error](err)
	if !ok || refusal.Status < 400 || refusal.Status >= 500 || refusal.Foreign || !strings.Contains(refusal.Request, calls) {
		return err
	}
	if !refusal.Says("query engine") && !refusal.Says("disabled") && !refusal.Says("not enabled") {
		return err
	}
	return tf.Advise(err, "SQL accounts belong to Immuta's own query engine, which later versions of Immuta have turned off unless an "+
		"administrator turns it on. Have it turned on, or take what needs it out of the configuration.")
}
