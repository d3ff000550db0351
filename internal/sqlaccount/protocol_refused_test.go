package sqlaccount_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const engineOff = "later versions of Immuta have turned off"

// An account is made only where it is known that the user has none.
func TestAccountIsNotMadeUnseen(t *testing.T) {
	b := newBench(t)
	b.Tenant.Fault(fake.Fault{Method: "GET", Path: accountPath, Status: 403, Message: "not yours"})
	b.TryApply(b.Absent(), writeOnly("first-Pa55", 1)).WantError(t, "not yours")
	b.WantNoWrites()
}

func TestDestroyOfAnAccountWithTheQueryEngineOff(t *testing.T) {
	b := newBench(t)
	r := b.Applied(b.Absent(), writeOnly("first-Pa55", 1))
	b.Tenant.Fault(fake.Fault{Method: "DELETE", Path: accountPath + "/account/*", Status: 400, Message: "The query engine is disabled"})
	b.TryApply(r, nil).WantError(t, engineOff)
}

// The user had no account before, so the one that is there after a lost answer was just made.
func TestAccountAfterALostAnswer(t *testing.T) {
	b := newBench(t)
	b.Tenant.Fault(fake.Fault{Method: "POST", Path: accountPath, Reset: true, When: fake.After})
	b.Applied(b.Absent(), writeOnly("first-Pa55", 1))
}
