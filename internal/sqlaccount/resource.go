// Package sqlaccount manages accounts of Immuta's query engine.
package sqlaccount

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithModifyPlan     = (*account)(nil)
	_ resource.ResourceWithValidateConfig = (*account)(nil)
)

const (
	typeName = "immuta_sql_account"
	timeout  = 2 * time.Minute // of the account as well as of a temporary one
)

// NewResource is the resource immuta_sql_account.
func NewResource() resource.Resource {
	return &account{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:     typeName,
		Identity: []tf.IdentityKey{{Name: "username", Description: "Name of the account.", Text: true}},
		Fields:   fields,
		Schema:   accountSchema,
		Import:   tf.Import{Forms: "the name of the account (orders_reader)", Keys: importKeys},
		Timeout:  timeout,
		What: func(m *model) string {
			return fmt.Sprintf("SQL account %q of the API key's user", m.Username.ValueString())
		},
		Creating: func(m *model) string { return fmt.Sprintf("Creating the SQL account %q", m.Username.ValueString()) },
		Create:   create,
		Read:     read,
		Changing: func(m *model) string {
			return fmt.Sprintf("Changing the password of the SQL account %q", m.Username.ValueString())
		},
		Update:     update,
		Destroying: func(m *model) string { return fmt.Sprintf("Deleting the SQL account %q", m.Username.ValueString()) },
		Destroy:    destroy,
	}}}
}

type account struct{ tf.Resource[model] }

type model struct {
	tf.OperationTimeouts

	ID                types.String `tfsdk:"id"`
	Username          types.String `tfsdk:"username"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
	Host              types.String `tfsdk:"host"`
	Port              types.Int64  `tfsdk:"port"`
	Database          types.String `tfsdk:"database"`
	SSLMode           types.String `tfsdk:"ssl_mode"`
}

func accountSchema() schema.Schema {
	attributes := map[string]schema.Attribute{
		"id": tf.KeptText("The same as `username`."),
		"username": schema.StringAttribute{
			MarkdownDescription: "Name of the account. A difference in case only is no drift. Changing it replaces the account.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1), tf.PathName()},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"host":     tf.KeptText("Host name of the query engine. Drift is detected."),
		"port":     tf.KeptNumber("TCP port of the query engine. Drift is detected."),
		"database": tf.KeptText("Database to connect to. Drift is detected."),
		"ssl_mode": tf.KeptText("Whether connections are encrypted, in PostgreSQL's words, such as `require`. Drift is detected."),
	}
	maps.Copy(attributes, tf.SecretAttributes("password", "Password of the account.",
		"when the account is made and whenever its version changes"))
	return schema.Schema{
		MarkdownDescription: "Manages the account with which the user of the API key reaches Immuta's query engine, which speaks PostgreSQL. " +
			"Each user has one account at most, so each user's configuration has one such resource; an account that is there already is not taken " +
			"over, but imported.\n\n" +
			"The query engine is a legacy of Immuta: newer tenants have it turned off, or do not have it.",
		Attributes: attributes,
	}
}

func (a *account) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(config.secret().Validate(path.Empty(), "password")...)
}

// ModifyPlan insists on the password where it has to be sent. An account that was imported can do without.
// The id of a new one is known.
func (a *account) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config model
	var state, plan types.Int64
	version := path.Root("password_wo_version")
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, version, &plan)...)
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), config.Username)...)
		resp.Diagnostics.Append(config.secret().Require(path.Empty(), "password", "A new SQL account needs one.")...)
		return
	}
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, version, &state)...)
	if !plan.IsNull() && !plan.Equal(state) {
		resp.Diagnostics.Append(config.secret().Require(path.Empty(), "password", "Its version changes, so there is a new one to send.")...)
	}
}

// create makes the account. Whether the user has one already is asked before: how Immuta refuses a second one is not known,
// and after a lost answer the account that is there then must be the one that was just made.
func create(ctx context.Context, c *tf.Creation[model]) {
	password, _ := c.Config.secret().Value()
	taken, err := makeAccount(ctx, c.Client, c.Plan.Username.ValueString(), password)
	switch {
	case err != nil:
		tf.AddError(c.Diags, c.Attempted, explain(err), fields)
		return
	case taken != nil:
		refuseTaken(c.Attempted, taken, c.Diags)
		return
	}
	c.Plan.ID = c.Plan.Username
	c.Save()
	found, err := c.Client.SQLAccount(ctx)
	if err != nil {
		tf.AddWarning(c.Diags, "Reading the new SQL account back", explain(err),
			"The account exists and is in the state. The next refresh reads the rest.")
		return
	}
	c.Plan.fromAPI(found)
}

// makeAccount makes the account and, after any doubt, looks whether it is there. If the user has one already, that is returned.
func makeAccount(ctx context.Context, client *immuta.Client, username, password string) (taken *immuta.SQLConnection, err error) {
	if taken, err = client.SQLAccount(ctx); !immuta.IsNotFound(err) {
		return taken, err
	}
	err = client.CreateSQLAccount(ctx, username, password)
	if err == nil {
		return nil, nil
	}
	if !immuta.IsUncertain(err) {
		// Another resource of this very configuration may have been faster.
		if taken, lookErr := client.SQLAccount(ctx); lookErr == nil {
			return taken, nil
		}
		return nil, err
	}
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	if found, lookErr := client.SQLAccount(ctx); lookErr == nil && immuta.IsSQLUser(string(found.Username), username) {
		return nil, nil
	}
	return nil, err
}

// refuseTaken says which account is in the way and how to manage that.
func refuseTaken(attempted string, found *immuta.SQLConnection, diags *diag.Diagnostics) {
	name := string(found.Username)
	diags.AddAttributeError(path.Root("username"), "The user has a SQL account already",
		fmt.Sprintf("%s failed: the user of the API key has the account %q, and each user has one at most. Nothing was changed.\n\n"+
			"Delete it in Immuta, or import it to manage it:%s", attempted, name, tf.ImportAdvice(typeName, name)))
}

func read(ctx context.Context, r *tf.Refresh, m *model) error {
	found, err := r.Client.SQLAccount(ctx)
	if err != nil {
		return explain(err)
	}
	r.Client.Protect(m.Password.ValueString())
	if !immuta.IsSQLUser(string(found.Username), m.Username.ValueString()) {
		return &immuta.AbsentError{Request: "GET " + calls, What: fmt.Sprintf("SQL account %q", m.Username.ValueString())}
	}
	m.fromAPI(found)
	return nil
}

// update sends the password, if that is what changed: nothing else of an account can, so there is nothing to read back either.
func update(ctx context.Context, c *tf.Change[model]) {
	version, was := c.Plan.PasswordWOVersion, c.State.PasswordWOVersion
	if c.Plan.Password.Equal(c.State.Password) && (version.IsNull() || version.Equal(was)) {
		return
	}
	// A password that left the configuration stays what it is.
	if password, given := c.Config.secret().Value(); given {
		if err := c.Client.ChangeSQLPassword(ctx, password); err != nil {
			tf.AddError(c.Diags, c.Attempted, explain(err), fields)
		}
	}
}

func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	return explain(client.DeleteSQLAccount(ctx, m.Username.ValueString()))
}

func importKeys(username string) (keys []any, ok bool) { return []any{username}, true }

var fields = tf.Fields{"username": path.Root("username"), "password": path.Root("password")}

func (m *model) secret() tf.Secret {
	return tf.Secret{Kept: m.Password, WriteOnly: m.PasswordWO, Version: m.PasswordWOVersion}
}

// fromAPI takes over what Immuta returns. A user name that differs in case only keeps the state's spelling.
func (m *model) fromAPI(found *immuta.SQLConnection) {
	if !immuta.IsSQLUser(m.Username.ValueString(), string(found.Username)) {
		m.Username = types.StringValue(string(found.Username))
	}
	m.ID = m.Username
	m.Host = tf.TextOrNull(string(found.Host))
	m.Port = tf.IntOrNull(found.Port)
	m.Database = tf.TextOrNull(string(found.Database))
	m.SSLMode = tf.TextOrNull(string(found.SSLMode))
}
