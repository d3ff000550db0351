package tf

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Import says how a resource is imported by a string id. By its identity, every resource is.
type Import struct {
	// Forms describes the legal ids, for errors: "the id of the data source (57)".
	Forms string
	// Keys reads an id: the values of the identity's keys, in their order. It is false for an id of no legal form.
	Keys func(id string) (keys []any, ok bool)
	// Partial says that Immuta does not return all that the object was made with: see [CompleteImported].
	Partial bool
}

// ImportNumbered is the import of one thing among several that belong to a data source, which has a number of its own:
// "57/1200". What is the thing's name.
func ImportNumbered(what string) Import {
	return Import{
		Forms: fmt.Sprintf("the id of the data source and the id of the %s (57/1200)", what), Keys: numberedKeys, Partial: true,
	}
}

// ImportSource is the import of what each data source has one of: "57".
func ImportSource() Import {
	return Import{Forms: "the id of the data source (57)", Keys: sourceKeys}
}

func sourceKeys(given string) (keys []any, ok bool) {
	id, ok := positive(given)
	return []any{id}, ok
}

func numberedKeys(given string) (keys []any, ok bool) {
	sourceID, child, ok := ChildImportID(given)
	id, isNumber := positive(child)
	return []any{sourceID, types.Int64Value(id)}, ok && isNumber
}

// ChildImportID reads the import id of one thing among several that belong to a data source: "57/" and whatever names the thing.
func ChildImportID(given string) (sourceID int64, child string, ok bool) {
	head, child, _ := strings.Cut(given, "/")
	sourceID, ok = positive(head)
	return sourceID, child, ok && child != ""
}

func positive(text string) (number int64, ok bool) {
	number, err := strconv.ParseInt(text, 10, 64)
	return number, err == nil && number > 0
}

// ImportAdvice says how an object that exists is imported, as the end of a message: "To manage that one, import it:" + advice.
func ImportAdvice(resourceType, id string) string {
	inHCL := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(id))
	inShell := "'" + strings.ReplaceAll(id, "'", `'\''`) + "'"
	return fmt.Sprintf("\n\n  import {\n    to = %s.<name>\n    id = %s\n  }\n\nor on the command line: terraform import %[1]s.<name> %[3]s",
		resourceType, inHCL, inShell)
}

// ImportState takes a string id as [Import] reads it, or an identity.
func (r *Resource[M]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if r.Import.Partial {
		markImported(ctx, resp.Private, &resp.Diagnostics)
	}
	r.assumeDefaults(ctx, &resp.State, &resp.Diagnostics)
	if req.ID == "" {
		r.importByIdentity(ctx, req, resp)
		return
	}
	r.importByID(ctx, req.ID, resp)
}

// assumeDefaults gives the state of an import what holds unless the configuration says otherwise, as a creation does: the default that is
// spelled out is no change then, nor is the one that is left out.
func (r *Resource[M]) assumeDefaults(ctx context.Context, state attributeWriter, diags *diag.Diagnostics) {
	for name, attribute := range r.Noun.Schema().Attributes {
		at := path.Root(name)
		switch a := attribute.(type) {
		case schema.StringAttribute:
			if a.Default != nil {
				var value defaults.StringResponse
				a.Default.DefaultString(ctx, defaults.StringRequest{Path: at}, &value)
				diags.Append(state.SetAttribute(ctx, at, value.PlanValue)...)
			}
		case schema.BoolAttribute:
			if a.Default != nil {
				var value defaults.BoolResponse
				a.Default.DefaultBool(ctx, defaults.BoolRequest{Path: at}, &value)
				diags.Append(state.SetAttribute(ctx, at, value.PlanValue)...)
			}
		}
	}
}

// importByIdentity copies an identity into the state. It serves imports without an id.
func (r *Resource[M]) importByIdentity(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !isGiven(req.Identity) {
		resp.Diagnostics.AddError("Nothing to import by",
			fmt.Sprintf("The import id is empty. Give %s, or an identity with %s.", r.Import.Forms, joinNames(r.Identity)))
		return
	}
	for _, key := range r.Identity {
		key.write(ctx, key.read(ctx, req.Identity, false, &resp.Diagnostics), &resp.State, &resp.Diagnostics)
	}
}

// attributeWriter is the state of an import, or the object of a list.
type attributeWriter interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// write writes the value of a key of the identity into a state.
func (k IdentityKey) write(ctx context.Context, value any, state attributeWriter, diags *diag.Diagnostics) {
	if number, ok := value.(types.Int64); ok && k.Numeral {
		value = IDText(number.ValueInt64())
	}
	diags.Append(state.SetAttribute(ctx, path.Root(k.Name), value)...)
}

func (r *Resource[M]) importByID(ctx context.Context, id string, resp *resource.ImportStateResponse) {
	keys, ok := r.Import.Keys(id)
	if !ok {
		resp.Diagnostics.AddError("Malformed import id", fmt.Sprintf("Importing %q: expected %s.", id, r.Import.Forms))
		return
	}
	for i, key := range r.Identity {
		key.write(ctx, keys[i], &resp.State, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root(key.Name), keys[i])...)
	}
}

// isGiven tells whether an import has an identity. One that says nothing is as good as none.
func isGiven(identity *tfsdk.ResourceIdentity) bool {
	if identity == nil {
		return false
	}
	var keys map[string]tftypes.Value
	if identity.Raw.As(&keys) != nil {
		return false
	}
	for _, key := range keys {
		if !key.IsNull() {
			return true
		}
	}
	return false
}

func joinNames(keys []IdentityKey) string {
	return strings.Join(Each(keys, func(key IdentityKey) string { return key.Name }), ", ")
}
