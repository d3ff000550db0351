package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// NewAzureSynapse is the resource immuta_azure_synapse_data_source.
func NewAzureSynapse() resource.Resource {
	return newResource(SQLTechnology[azureSynapseModel]{
		Technology: Technology{Name: "azure_synapse", Prefix: "asa", Label: "Synapse", Title: "Azure Synapse Analytics"},
		SQL:        func(m *azureSynapseModel) *SQL { return &m.SQL },
		Server:     connectionAttributes(azureSynapsePort, "The dedicated SQL pool that the schema is in.", loginAttributes()),
		NewServer:  func() server { return new(azureSynapseServer) },
	}.descriptor())
}

const azureSynapsePort = 1433

type azureSynapseModel struct{ SQL }

type azureSynapseServer struct{ passwordServer }

func (s *azureSynapseServer) values(a answer) []value {
	return s.passwordServer.values(azureSynapsePort, a)
}
