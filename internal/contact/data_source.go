// Package contact reads whom to ask about a data source.
package contact

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSource is the data source immuta_data_source_contacts.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[contactsModel]{
		Name:   "immuta_data_source_contacts",
		Schema: contactsSchema,
		Attempted: func(m *contactsModel) string {
			return fmt.Sprintf("Reading the contacts of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readContacts,
	}.New()
}

type contactsModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64    `tfsdk:"data_source_id"`
	Contacts     []contactModel `tfsdk:"contacts"`
}

type contactModel struct {
	ID        types.Int64  `tfsdk:"id"`
	Role      types.String `tfsdk:"role"`
	Name      types.String `tfsdk:"name"`
	Email     types.String `tfsdk:"email"`
	ProfileID types.Int64  `tfsdk:"profile_id"`
}

func contactsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the owners and experts of a data source: whom to ask about it.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"contacts": tf.ListAnswer("The people.", map[string]schema.Attribute{
				"id":         tf.NumberAnswer("An id that Immuta gives with each contact: by its documentation the data source's."),
				"role":       tf.TextAnswer("Role of the person: `owner` or `expert`."),
				"name":       tf.TextAnswer("Name of the person."),
				"email":      tf.TextAnswer("E-mail address of the person; null if there is none."),
				"profile_id": tf.NumberAnswer("Id of the person's profile."),
			}),
		},
	}
}

func readContacts(ctx context.Context, r *tf.Reading, m *contactsModel) error {
	contacts, err := r.Client.Contacts(ctx, m.DataSourceID.ValueInt64())
	m.Contacts = tf.Each(contacts, contactFromAPI)
	return err
}

func contactFromAPI(c immuta.Contact) contactModel {
	return contactModel{
		ID:        tf.LenientInt(c.ID),
		Role:      tf.LenientText(c.State),
		Name:      tf.LenientText(c.Name),
		Email:     tf.LenientText(c.Email),
		ProfileID: tf.LenientInt(c.Profile),
	}
}
