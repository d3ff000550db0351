package handler

import "github.com/hashicorp/terraform-plugin-framework/resource"

// NewPostgreSQL is a technology that the provider does not come with. It shows what one more takes, and that the lifecycle
// knows none of them by name: the acceptance suite runs on it unchanged.
func NewPostgreSQL() resource.Resource {
	return newResource(SQLTechnology[postgreSQLModel]{
		Technology: Technology{Name: "postgresql", Prefix: "pg", Label: "PostgreSQL", Title: "PostgreSQL"},
		SQL:        func(m *postgreSQLModel) *SQL { return &m.SQL },
		Server:     connectionAttributes(postgreSQLPort, "Database that the schema is in.", loginAttributes()),
		NewServer:  func() server { return new(postgreSQLServer) },
	}.descriptor())
}

const postgreSQLPort = 5432

type postgreSQLModel struct{ SQL }

type postgreSQLServer struct{ passwordServer }

func (s *postgreSQLServer) values(a answer) []value {
	return s.passwordServer.values(postgreSQLPort, a)
}
