package subscription

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewAccessList is the list resource immuta_data_source_access. Who has no subscription cannot be imported, and is not listed.
func NewAccessList() list.ListResource {
	return tf.List[accessFilter, immuta.Member, accessModel]{
		Resource: &newAccess().Resource,
		Schema:   accessListSchema,
		Attempted: func(f *accessFilter) string {
			return fmt.Sprintf("Listing the members of data source %d", f.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Rows:    subscriptions,
		Keys:    accessRowKeys,
		Title:   accessTitle,
		Read: func(_ context.Context, _ *tf.Refresh, row immuta.Member, m *accessModel) error {
			m.fromAPI(row)
			return nil
		},
	}.New()
}

type accessFilter struct {
	DataSourceID types.Int64 `tfsdk:"data_source_id"`
}

func accessListSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists who has a subscription to a data source: users and groups, those included whose role waits for approval. " +
			"Access that comes from a policy or from a group has no subscription of its own, so there is nothing to import; the data source " +
			"`immuta_data_source_access` returns it as well.\n\n" +
			"The members are read page by page, 200 a request, and no further than the `limit` of the `list` block needs. " +
			"`include_resource = true` makes no further requests.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the data source.", Required: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
		},
	}
}

func subscriptions(
	ctx context.Context, client *immuta.Client, f *accessFilter, bound immuta.Bound,
) iter.Seq2[immuta.Member, error] {
	return client.ListSubscriptions(ctx, f.DataSourceID.ValueInt64(), bound)
}

// accessRowKeys is the identity: the source, and either a profile or a group.
func accessRowKeys(f *accessFilter, row immuta.Member) []any {
	who := row.Grantee()
	return []any{f.DataSourceID, tf.IntOrNull(immuta.Int(who.ProfileID)), tf.IntOrNull(immuta.Int(who.GroupID))}
}

// accessTitle is "Ada Byron (owner)", or "Analysts (group, subscribed)".
func accessTitle(row immuta.Member) string {
	who, role := row.Grantee(), string(row.State)
	if who.GroupID != 0 {
		role = "group, " + role
	}
	name := string(row.Name)
	if name == "" {
		name = who.String()
	}
	return fmt.Sprintf("%s (%s)", name, role)
}
