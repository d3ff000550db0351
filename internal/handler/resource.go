package handler

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// Resource is the lifecycle of the sources of one technology, whose model is M.
type Resource[M any] struct {
	tf.Resource[M]
	d Descriptor[M]
}

func newResource[M any](d Descriptor[M]) *Resource[M] {
	r := &Resource[M]{d: d}
	r.Noun = tf.Noun[M]{
		Type:       d.Technology.ResourceType(),
		Identity:   []tf.IdentityKey{{Name: "id", Description: "Id of the data source in Immuta."}},
		Schema:     r.schema,
		Import:     imports(d.Technology),
		Destroying: func(m *M) string { return "Destroying " + d.Common(m).label() },
		Keeps:      r.keeps,
		Destroy:    r.destroy,
	}
	return r
}

// schema is the common attributes and the technology's own.
func (r *Resource[M]) schema() schema.Schema {
	attributes := commonAttributes()
	maps.Copy(attributes, r.d.Attributes())
	return schema.Schema{MarkdownDescription: r.d.Description, Attributes: attributes}
}

// These hold for every model, so one of them stands for all.
var (
	_ resource.ResourceWithImportState    = (*Resource[struct{}])(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource[struct{}])(nil)
	_ resource.ResourceWithValidateConfig = (*Resource[struct{}])(nil)
)

func (r *Resource[M]) technology() Technology { return r.d.Technology }

// ValidateConfig checks what no single attribute can.
func (r *Resource[M]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.d.Validate != nil {
		resp.Diagnostics.Append(r.d.Validate(&config)...)
	}
}

// protect adds the secrets of models to those that no message shows, whether they are sent in this run or not.
func (r *Resource[M]) protect(client *immuta.Client, models ...*M) {
	if r.d.Secrets == nil {
		return
	}
	for _, m := range models {
		client.Protect(r.d.Secrets(m)...)
	}
}

func quoted(name types.String) string { return fmt.Sprintf("%q", name.ValueString()) }
