package search

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewMyDataSources is the data source immuta_my_data_sources.
func NewMyDataSources() datasource.DataSource {
	return tf.DataSource[myDataSourcesModel]{
		Name:      "immuta_my_data_sources",
		Schema:    myDataSourcesSchema,
		Attempted: func(*myDataSourcesModel) string { return "Reading the data sources of the API key's user" },
		Read:      readMyDataSources,
	}.New()
}

type myDataSourcesModel struct {
	tf.ReadTimeout

	DataSources []mineModel `tfsdk:"data_sources"`
}

type mineModel struct {
	ID            types.Int64  `tfsdk:"id"`
	Name          types.String `tfsdk:"name"`
	Type          types.String `tfsdk:"type"`
	SQLTableName  types.String `tfsdk:"sql_table_name"`
	SQLSchemaName types.String `tfsdk:"sql_schema_name"`
	Technology    types.String `tfsdk:"technology"`
	SparkUseJDBC  types.Bool   `tfsdk:"spark_use_jdbc"`
}

func myDataSourcesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the data sources that the API key's user has access to.",
		Attributes: map[string]schema.Attribute{
			"data_sources": tf.ListAnswer("The data sources.", map[string]schema.Attribute{
				"id":              tf.NumberAnswer("Id of the data source."),
				"name":            tf.TextAnswer("Name of the data source."),
				"type":            tf.TextAnswer("`queryable` or `ingested`."),
				"sql_table_name":  tf.TextAnswer("Name of the table in Immuta."),
				"sql_schema_name": tf.TextAnswer("Name of the schema in Immuta."),
				"technology":      tf.TextAnswer("Technology of the data source, in Immuta's words, such as `Snowflake`."),
				"spark_use_jdbc":  tf.BoolAnswer("Whether Spark reads the data source through a JDBC driver."),
			}),
		},
	}
}

func readMyDataSources(ctx context.Context, r *tf.Reading, m *myDataSourcesModel) error {
	mine, err := r.Client.MySources(ctx)
	m.DataSources = tf.Each(mine, mineFromAPI)
	return err
}

func mineFromAPI(s immuta.MySource) mineModel {
	return mineModel{
		ID:            tf.IntOrNull(s.ID),
		Name:          tf.TextOrNull(string(s.Name)),
		Type:          tf.LenientText(s.Type),
		SQLTableName:  tf.LenientText(s.SQLTableName),
		SQLSchemaName: tf.LenientText(s.SQLSchemaName),
		Technology:    tf.LenientText(s.Technology),
		SparkUseJDBC:  tf.LenientBool(s.SparkUseJDBC),
	}
}
