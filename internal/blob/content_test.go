package blob

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestDigest(t *testing.T) {
	t.Parallel()
	const hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	file := filepath.Join(t.TempDir(), "hello")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]model{
		"source": {Source: types.StringValue(file)}, "content_base64": {ContentBase64: types.StringValue("aGVs\nbG8=")},
	} {
		c, ok := m.content()
		if !ok || c.name != name {
			t.Fatalf("%s is %+v", name, c)
		}
		if got, err := c.digest(); err != nil || got.sum != hello || got.size != 5 {
			t.Errorf("%s is %+v, %v", name, got, err)
		}
	}
	if _, ok := (&model{Source: types.StringUnknown()}).content(); ok {
		t.Error("unknown content is known")
	}
	c, _ := (&model{ContentBase64: types.StringValue("aGVsbG8")}).content()
	if _, err := c.digest(); err == nil {
		t.Error("content that is cut short has a digest")
	}
	if err := checkID("a/" + strings.Repeat("b", 300)); err != nil {
		t.Error(err)
	}
}
