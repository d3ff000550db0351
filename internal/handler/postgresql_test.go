package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewPostgreSQL is a technology that the provider does not come with. It shows what one more takes, and that the lifecycle
// knows none of them by name: the acceptance suite runs on it unchanged.
func NewPostgreSQL() resource.Resource {
	return newResource(describe(SQLTechnology[postgreSQLModel]{
		Technology: Technology{Name: "postgresql", Prefix: "pg", Label: "PostgreSQL", Title: "PostgreSQL"},
		SQL:        func(m *postgreSQLModel) *SQL { return &m.SQL },
		Server:     loginServer(postgreSQLPort, "Database that the schema is in."),
		Keys:       []tf.Fields{loginKeys()},
	}))
}

const postgreSQLPort = 5432

type postgreSQLModel struct{ SQL }
