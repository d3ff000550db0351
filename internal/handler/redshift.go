package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewRedshift is the resource immuta_redshift_data_source.
func NewRedshift() resource.Resource {
	return newResource(SQLTechnology[redshiftModel]{
		Technology: Technology{Name: "redshift", Prefix: "redshift", Label: "Redshift", Title: "Amazon Redshift"},
		SQL:        func(m *redshiftModel) *SQL { return &m.SQL },
		Server:     connectionAttributes(redshiftPort, "Database that the schema is in.", loginAttributes()),
		NewServer:  func() server { return new(redshiftServer) },
		Attributes: nativeViewAttributes,
		Values: func(m *redshiftModel, a answer) []value {
			return []value{nativeViewValue{&m.NativeView, a.handler.Metadata}}
		},
	}.descriptor())
}

const redshiftPort = 5439

type redshiftModel struct {
	SQL
	NativeView types.Object `tfsdk:"native_view"`
}

type redshiftServer struct{ passwordServer }

func (s *redshiftServer) values(a answer) []value { return s.passwordServer.values(redshiftPort, a) }
