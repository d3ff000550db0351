package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewRedshift is the resource immuta_redshift_data_source.
func NewRedshift() resource.Resource {
	return newResource(describe(SQLTechnology[redshiftModel]{
		Technology: Technology{Name: "redshift", Prefix: "redshift", Label: "Redshift", Title: "Amazon Redshift"},
		SQL:        func(m *redshiftModel) *SQL { return &m.SQL },
		Server:     loginServer(redshiftPort, "Database that the schema is in."),
		Attributes: nativeViewAttributes,
		ToAPI:      func(m *redshiftModel, md immuta.Metadata) { nativeViewToAPI(m.NativeView, md) },
		FromAPI:    func(m *redshiftModel, md immuta.Metadata) { m.NativeView = nativeViewFromAPI(m.NativeView, md) },
		Keys:       []tf.Fields{loginKeys(), nativeViewWireKeys()},
	}))
}

const redshiftPort = 5439

type redshiftModel struct {
	SQL
	NativeView types.Object `tfsdk:"native_view"`
}
