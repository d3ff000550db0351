package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewAzureSynapse is the resource immuta_azure_synapse_data_source.
func NewAzureSynapse() resource.Resource {
	return newResource(describe(SQLTechnology[azureSynapseModel]{
		Technology: Technology{Name: "azure_synapse", Prefix: "asa", Label: "Synapse", Title: "Azure Synapse Analytics"},
		SQL:        func(m *azureSynapseModel) *SQL { return &m.SQL },
		Server:     loginServer(azureSynapsePort, "The dedicated SQL pool that the schema is in."),
		Keys:       []tf.Fields{loginKeys()},
	}))
}

const azureSynapsePort = 1433

type azureSynapseModel struct{ SQL }
