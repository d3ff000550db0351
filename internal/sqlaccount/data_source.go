package sqlaccount

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewConnection is the data source immuta_sql_connection.
func NewConnection() datasource.DataSource {
	return tf.DataSource[sqlConnectionModel]{
		Name:      "immuta_sql_connection",
		Schema:    sqlConnectionSchema,
		Attempted: func(*sqlConnectionModel) string { return "Reading the SQL connection of the API key's user" },
		Read:      readConnection,
	}.New()
}

type sqlConnectionModel struct {
	tf.ReadTimeout
	connectionModel

	User types.String `tfsdk:"user"`
}

// connectionModel is how the query engine is reached, here and with a temporary account.
type connectionModel struct {
	Host             types.String `tfsdk:"host"`
	Port             types.Int64  `tfsdk:"port"`
	Database         types.String `tfsdk:"database"`
	SSLMode          types.String `tfsdk:"ssl_mode"`
	ConnectionString types.String `tfsdk:"connection_string"`
}

func sqlConnectionSchema() schema.Schema {
	connectionString := tf.TextAnswer("The whole as one connection string; null if the user has no SQL account. Sensitive, because it is " +
		"not documented whether it may hold a password.")
	connectionString.Sensitive = true
	return schema.Schema{
		MarkdownDescription: "Reads how the API key's user reaches Immuta's own query engine. Tenants whose query engine is off refuse this.",
		Attributes: map[string]schema.Attribute{
			"host":              tf.TextAnswer("Host of the query engine."),
			"port":              tf.NumberAnswer("Port of the query engine."),
			"database":          tf.TextAnswer("Name of the database."),
			"user":              tf.TextAnswer("Name of the user's SQL account; null if there is none."),
			"ssl_mode":          tf.TextAnswer("Whether the connection has to be encrypted, such as `require`."),
			"connection_string": connectionString,
		},
	}
}

func readConnection(ctx context.Context, r *tf.Reading, m *sqlConnectionModel) error {
	c, err := r.Client.SQLConnection(ctx)
	m.connectionModel, m.User = connectionFromAPI(c), tf.TextOrNull(string(c.Username))
	return explain(err)
}

func connectionFromAPI(c immuta.SQLConnection) connectionModel {
	return connectionModel{
		Host:             tf.TextOrNull(string(c.Host)),
		Port:             tf.IntOrNull(c.Port),
		Database:         tf.TextOrNull(string(c.Database)),
		SSLMode:          tf.TextOrNull(string(c.SSLMode)),
		ConnectionString: tf.TextOrNull(string(c.ConnectionString)),
	}
}
