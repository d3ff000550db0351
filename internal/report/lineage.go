package report

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewLineage is the data source immuta_data_source_lineage.
func NewLineage() datasource.DataSource {
	return tf.DataSource[lineageModel]{
		Name:   "immuta_data_source_lineage",
		Schema: lineageSchema,
		Attempted: func(m *lineageModel) string {
			return fmt.Sprintf("Reading the lineage of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readLineage,
	}.New()
}

type lineageModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64     `tfsdk:"data_source_id"`
	Type         types.String    `tfsdk:"type"`
	Parents      []relativeModel `tfsdk:"parents"`
	Children     []relativeModel `tfsdk:"children"`
	Markdown     types.String    `tfsdk:"markdown"`
}

type relativeModel struct {
	DataSourceID          types.Int64          `tfsdk:"data_source_id"`
	DataSourceName        types.String         `tfsdk:"data_source_name"`
	ProjectID             types.Int64          `tfsdk:"project_id"`
	Deleted               types.Bool           `tfsdk:"deleted"`
	CreatedBy             types.Int64          `tfsdk:"created_by"`
	CreatedAt             types.String         `tfsdk:"created_at"`
	PolicyHandlerDiffJSON jsontypes.Normalized `tfsdk:"policy_handler_diff_json"`
}

func lineageSchema() schema.Schema {
	relative := map[string]schema.Attribute{
		"data_source_id":           tf.NumberAnswer("Id of the data source."),
		"data_source_name":         tf.TextAnswer("Name of the data source."),
		"project_id":               tf.NumberAnswer("Id of the project in which the one was derived from the other; null if there is none."),
		"deleted":                  tf.BoolAnswer("Whether the data source is disabled."),
		"created_by":               tf.NumberAnswer("Profile that derived it."),
		"created_at":               tf.TextAnswer("When it was derived (RFC 3339, UTC)."),
		"policy_handler_diff_json": tf.JSONAnswer("How its policies differ; null if they do not."),
	}
	return schema.Schema{
		MarkdownDescription: "Reads what a data source is derived from, and what is derived from it. `markdown` holds both as a Mermaid graph, " +
			"which GitHub, GitLab and others draw. Current versions of Immuta do not document this any more.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"type": tf.WordArgument("Which side to read: `parents`, `children` or `all`. Default: `all`.",
				immuta.LineageParents, immuta.LineageChildren, immuta.LineageAll),
			"parents":  tf.ListAnswer("What the data source is derived from; null if it was not asked for.", relative),
			"children": tf.ListAnswer("What is derived from the data source; null if it was not asked for.", relative),
			"markdown": tf.TextAnswer("The lineage as a Mermaid graph in a Markdown code block: what the tenant returned is escaped."),
		},
	}
}

func readLineage(ctx context.Context, r *tf.Reading, m *lineageModel) error {
	side := cmp.Or(m.Type.ValueString(), immuta.LineageAll)
	lineage, err := r.Client.Lineage(ctx, m.DataSourceID.ValueInt64(), side)
	if side != immuta.LineageChildren {
		m.Parents = tf.Each(lineage.Parents.Get(), relativeFromAPI)
	}
	if side != immuta.LineageParents {
		m.Children = tf.Each(lineage.Children.Get(), relativeFromAPI)
	}
	m.Markdown = types.StringValue(m.markdown())
	return err
}

func relativeFromAPI(r immuta.Relative) relativeModel {
	return relativeModel{
		DataSourceID:          tf.IntOrNull(r.DataSourceID),
		DataSourceName:        tf.TextOrNull(string(r.DataSourceName)),
		ProjectID:             tf.LenientInt(r.ProjectID),
		Deleted:               tf.LenientBool(r.Deleted),
		CreatedBy:             tf.LenientInt(r.CreatedBy),
		CreatedAt:             tf.LenientText(r.CreatedAt),
		PolicyHandlerDiffJSON: tf.LenientJSON(r.PolicyHandlerDiff),
	}
}

// markdown draws the lineage from left to right, parents first. Disabled sources have a dashed outline.
func (m *lineageModel) markdown() string {
	own := fmt.Sprintf("s%d", m.DataSourceID.ValueInt64())
	var nodes, edges strings.Builder
	fmt.Fprintf(&nodes, "  %s[%s]\n  style %s stroke-width:3px\n", own, label(fmt.Sprintf("data source %d", m.DataSourceID.ValueInt64())), own)
	drawn := map[string]bool{own: true}
	node := func(r relativeModel) string {
		id := fmt.Sprintf("s%d", r.DataSourceID.ValueInt64())
		if !drawn[id] {
			drawn[id] = true
			fmt.Fprintf(&nodes, "  %s[%s]\n", id, label(fmt.Sprintf("%s (%d)", r.DataSourceName.ValueString(), r.DataSourceID.ValueInt64())))
			if r.Deleted.ValueBool() {
				fmt.Fprintf(&nodes, "  style %s stroke-dasharray:5\n", id)
			}
		}
		return id
	}
	for _, parent := range m.Parents {
		fmt.Fprintf(&edges, "  %s %s %s\n", node(parent), parent.arrow(), own)
	}
	for _, child := range m.Children {
		fmt.Fprintf(&edges, "  %s %s %s\n", own, child.arrow(), node(child))
	}
	return "```mermaid\ngraph LR\n" + nodes.String() + edges.String() + "```\n"
}

// arrow names the project in which one source was derived from the other.
func (r relativeModel) arrow() string {
	if r.ProjectID.IsNull() {
		return "-->"
	}
	return fmt.Sprintf("-- project %d -->", r.ProjectID.ValueInt64())
}
