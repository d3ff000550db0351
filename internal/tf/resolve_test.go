package tf_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	innerType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"port": tftypes.Number, "host": tftypes.String}}
	outerType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"name": tftypes.String, "enabled": tftypes.Bool, "server": innerType, "tags": tftypes.List{ElementType: tftypes.String},
		"columns": tftypes.List{ElementType: innerType}, "hosts": tftypes.Map{ElementType: innerType},
	}}
)

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func unknown(t tftypes.Type) tftypes.Value { return tftypes.NewValue(t, tftypes.UnknownValue) }

func null(t tftypes.Type) tftypes.Value { return tftypes.NewValue(t, nil) }

func inner(port any, host any) tftypes.Value {
	return tftypes.NewValue(innerType, map[string]tftypes.Value{
		"port": tftypes.NewValue(tftypes.Number, port), "host": tftypes.NewValue(tftypes.String, host),
	})
}

// outer is an object in which everything that is not given is null.
func outer(given map[string]tftypes.Value) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, t := range outerType.AttributeTypes {
		values[name] = null(t)
		if v, ok := given[name]; ok {
			values[name] = v
		}
	}
	return tftypes.NewValue(outerType, values)
}

// columns is an outer object that has only these.
func columns(items ...tftypes.Value) tftypes.Value {
	return outer(map[string]tftypes.Value{"columns": tftypes.NewValue(tftypes.List{ElementType: innerType}, items)})
}

// named is an outer object with a name and a server; nil leaves the server out.
func named(name string, port any) tftypes.Value {
	if port == nil {
		return outer(map[string]tftypes.Value{"name": text(name)})
	}
	return outer(map[string]tftypes.Value{"name": text(name), "server": inner(port, "new")})
}

func TestResolveUnknowns(t *testing.T) {
	t.Parallel()
	read := outer(map[string]tftypes.Value{"name": text("read"), "server": inner(1, "read"), "enabled": tftypes.NewValue(tftypes.Bool, true)})
	for name, test := range map[string]struct{ plan, read, want tftypes.Value }{
		"what the plan knew stays": {
			outer(map[string]tftypes.Value{"name": text("planned")}), read, outer(map[string]tftypes.Value{"name": text("planned")}),
		},
		"what it left unknown is read": {
			outer(map[string]tftypes.Value{"name": unknown(tftypes.String), "server": inner(tftypes.UnknownValue, "planned")}), read,
			outer(map[string]tftypes.Value{"name": text("read"), "server": inner(1, "planned")}),
		},
		"a whole object": {
			outer(map[string]tftypes.Value{"server": unknown(innerType)}), read, outer(map[string]tftypes.Value{"server": inner(1, "read")}),
		},
		"what was not read is null": {
			outer(map[string]tftypes.Value{"name": unknown(tftypes.String), "server": unknown(innerType)}), outer(nil), outer(nil),
		},
		"what reading left unknown is null": {
			outer(map[string]tftypes.Value{"name": unknown(tftypes.String), "server": unknown(innerType)}),
			outer(map[string]tftypes.Value{"name": unknown(tftypes.String), "server": inner(tftypes.UnknownValue, "read")}), outer(nil),
		},
		"elements of a list": {
			columns(inner(1, tftypes.UnknownValue), inner(2, tftypes.UnknownValue)), columns(inner(7, "read")),
			columns(inner(1, "read"), inner(2, nil)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tf.ResolveUnknowns(test.plan, test.read)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(test.want) {
				t.Fatalf("settled to\n%s\nwant\n%s", got, test.want)
			}
			if !got.IsFullyKnown() {
				t.Fatal("something is still unknown")
			}
		})
	}
}

func TestNotApplied(t *testing.T) {
	t.Parallel()
	configured := named("new", 2)
	before := outer(map[string]tftypes.Value{"name": text("old"), "server": inner(1, "old")})
	nameless := outer(map[string]tftypes.Value{"server": inner(2, "new")})
	for name, test := range map[string]struct {
		config, prior, plan, read tftypes.Value
		want                      []string
	}{
		"everything was taken":            {configured, before, configured, configured, nil},
		"nothing was taken":               {configured, before, configured, before, []string{"name", "server.host", "server.port"}},
		"an inner one was not taken":      {configured, before, configured, named("new", 1), []string{"server.port"}},
		"what did not change counts not":  {configured, configured, configured, before, nil},
		"nor does what is not configured": {outer(nil), before, configured, before, nil},
		"nor what is not known": {
			configured, before, outer(map[string]tftypes.Value{"name": unknown(tftypes.String), "server": unknown(innerType)}), before, nil,
		},
		"a new resource":           {configured, tftypes.Value{}, configured, named("other", 2), []string{"name"}},
		"a new object":             {configured, named("new", nil), configured, named("new", 1), []string{"server.port"}},
		"an object that is gone":   {configured, before, configured, named("new", nil), nil},
		"a value that became null": {configured, before, configured, nameless, []string{"name"}},
		"a resource that is gone":  {configured, before, configured, null(outerType), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, at := range tf.NotApplied(test.config, test.prior, test.plan, test.read) {
				got = append(got, at.String())
			}
			if slices.Sort(got); !slices.Equal(got, test.want) {
				t.Fatalf("ignored %q, want %q", got, test.want)
			}
		})
	}
	list := columns(inner(1, "a"), inner(2, "b"))
	got := tf.NotApplied(list, outer(nil), list, columns(inner(1, "a"), inner(3, "b")))
	if len(got) != 1 || got[0].String() != "columns[1].port" {
		t.Fatalf("in a list: %v", got)
	}
}
