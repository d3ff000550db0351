package s3p_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A server may answer a read of an object by a listing of that one key, which is empty where there is no such object.
func TestNoSuchObject(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Path: "/s3p/**", Status: 200, Body: `<ListBucketResult><Name>immuta</Name></ListBucketResult>`})
	p.TryRead("immuta_s3_object", map[string]any{"data_source": "orders", "key": "2026/orders.csv"}).
		WantError(t, `bucket "immuta" has no object "orders/2026/orders.csv"`, "Keys are case-sensitive; immuta_s3_objects lists them.")
}
