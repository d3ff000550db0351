package report

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewHealth is the data source immuta_data_source_health.
func NewHealth() datasource.DataSource {
	return tf.DataSource[healthModel]{
		Name:   "immuta_data_source_health",
		Schema: healthSchema,
		Attempted: func(m *healthModel) string {
			return fmt.Sprintf("Running the health checks of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readHealth,
	}.New()
}

type healthModel struct {
	tf.ReadTimeout

	DataSourceID    types.Int64 `tfsdk:"data_source_id"`
	Blob            *checkModel `tfsdk:"blob"`
	ColumnEvolution *checkModel `tfsdk:"column_evolution"`
	ExternalCatalog *checkModel `tfsdk:"external_catalog"`
	Fingerprint     *checkModel `tfsdk:"fingerprint"`
	GlobalPolicy    *checkModel `tfsdk:"global_policy"`
	HighCardinality *checkModel `tfsdk:"high_cardinality"`
	SchemaEvolution *checkModel `tfsdk:"schema_evolution"`
	SDD             *checkModel `tfsdk:"sdd"`
	SQL             *checkModel `tfsdk:"sql"`
	Stats           *checkModel `tfsdk:"stats"`
	FailedChecks    types.List  `tfsdk:"failed_checks"`
}

type checkModel struct {
	Status types.String         `tfsdk:"status"`
	JSON   jsontypes.Normalized `tfsdk:"details_json"`
}

func healthSchema() schema.Schema {
	check := func(description string) schema.SingleNestedAttribute {
		return tf.ObjectAnswer(description+" Null if it does not apply.", map[string]schema.Attribute{
			"status":       tf.TextAnswer("`passed` or `failed`, or another word of Immuta's; null if it says none."),
			"details_json": tf.JSONAnswer("Everything that is returned about the check, such as when it was last run."),
		})
	}
	return schema.Schema{
		MarkdownDescription: "Runs the health checks of a data source and reads what they found.\n\n" +
			"~> **Reading this runs the checks.** Immuta queries the remote platform, on every plan that reads this, and may change the data " +
			"source's status by what it finds. It is the only data source of this provider that has an effect. What the last run found is in " +
			"`status` of `immuta_data_source` and `immuta_data_sources`.",
		Attributes: map[string]schema.Attribute{
			"data_source_id":   tf.DataSourceIDArgument(),
			"blob":             check("Whether the blob was crawled."),
			"column_evolution": check("Whether the job that looks for added and removed columns passed."),
			"external_catalog": check("Whether the external catalog is linked."),
			"fingerprint":      check("Whether the job that gathers summary statistics passed."),
			"global_policy":    check("Whether global policies were applied."),
			"high_cardinality": check("Whether the job that finds the high cardinality column passed."),
			"schema_evolution": check("Whether the job that looks for new tables passed."),
			"sdd":              check("Whether sensitive data discovery ran."),
			"sql":              check("Whether a query against the remote platform passed."),
			"stats":            check("Whether the job that counts the rows passed."),
			"failed_checks": tf.TextsAnswer("Names of the checks that failed, in Immuta's words, also of those that have no attribute here. " +
				"Empty if none did."),
		},
	}
}

func readHealth(ctx context.Context, r *tf.Reading, m *healthModel) error {
	health, err := r.Client.RunHealthChecks(ctx, m.DataSourceID.ValueInt64())
	m.fromAPI(health)
	return err
}

func (m *healthModel) fromAPI(health immuta.Health) {
	for name, check := range map[string]**checkModel{
		"blob": &m.Blob, "columnEvolution": &m.ColumnEvolution, "externalCatalog": &m.ExternalCatalog, "fingerprint": &m.Fingerprint,
		"globalPolicy": &m.GlobalPolicy, "highCardinality": &m.HighCardinality, "schemaEvolution": &m.SchemaEvolution, "sdd": &m.SDD,
		"sql": &m.SQL, "stats": &m.Stats,
	} {
		*check = checkFromAPI(health[name])
	}
	failed := []string{}
	for _, name := range slices.Sorted(maps.Keys(health)) {
		if health[name].Failed() {
			failed = append(failed, name)
		}
	}
	m.FailedChecks = tf.StringList(failed)
}

func checkFromAPI(c immuta.Check) *checkModel {
	if c.JSON.Value == nil {
		return nil
	}
	return &checkModel{Status: tf.LenientText(c.Status), JSON: tf.LenientJSON(c.JSON)}
}
