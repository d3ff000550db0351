// Package provider is the Terraform provider: its own schema and configuration, and the lists of what it serves.
package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/blob"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/comment"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/connection"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/contact"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/dictionary"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/handler"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/maintenance"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/report"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/s3p"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/search"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/sqlaccount"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/subscription"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tag"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/task"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/user"
)

// Address is where the registry has the provider.
const Address = "registry.terraform.io/terraform-immuta/immuta"

// Provider implements the provider.
type Provider struct {
	version string
	adjust  []func(*immuta.Config)
	client  atomic.Pointer[immuta.Client] // nil until the provider is configured
}

var (
	_ provider.Provider                       = (*Provider)(nil)
	_ provider.ProviderWithActions            = (*Provider)(nil)
	_ provider.ProviderWithEphemeralResources = (*Provider)(nil)
	_ provider.ProviderWithFunctions          = (*Provider)(nil)
	_ provider.ProviderWithListResources      = (*Provider)(nil)
	_ provider.ProviderWithValidateConfig     = (*Provider)(nil)
)

// New makes the provider. Tests may adjust the client that Configure builds, so that they need not wait in real time.
func New(version string, adjust ...func(*immuta.Config)) *Provider {
	return &Provider{version: version, adjust: adjust}
}

// Mask makes a text fit to be shown: without secrets, as far as any are known, and without control characters.
func (p *Provider) Mask(text string) string {
	if client := p.client.Load(); client != nil {
		return client.Mask(text)
	}
	return immuta.Printable(text)
}

type model struct {
	Host                  types.String  `tfsdk:"host"`
	APIKey                types.String  `tfsdk:"api_key"`
	Authentication        types.String  `tfsdk:"authentication"`
	CACertificate         types.String  `tfsdk:"ca_certificate"`
	InsecureSkipVerify    types.Bool    `tfsdk:"insecure_skip_verify"`
	RequestTimeout        types.String  `tfsdk:"request_timeout"`
	MaxRetries            types.Int64   `tfsdk:"max_retries"`
	MaxConcurrentRequests types.Int64   `tfsdk:"max_concurrent_requests"`
	RequestsPerSecond     types.Float64 `tfsdk:"requests_per_second"`
	Headers               types.Map     `tfsdk:"headers"`
	Refresh               types.String  `tfsdk:"refresh"`
	SourceDefaults        types.Object  `tfsdk:"source_defaults"`
}

// How a refresh reads sources.
const (
	refreshFull    = "full"
	refreshListing = "listing"
)

// Metadata names the provider.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "immuta"
	resp.Version = p.version
}

// Schema is the provider block.
func (p *Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares what an Immuta tenant knows of your data: which tables are registered as data sources, how they are " +
			"described, and who may see what.",
		Attributes: map[string]schema.Attribute{
			"host": schema.StringAttribute{
				MarkdownDescription: "Address of the tenant, such as `https://acme.hosted.immutacloud.com`, without a path; a bare host name means " +
					"https. Required, here or as `IMMUTA_HOST`.",
				Optional:   true,
				Validators: []validator.String{hostValidator{}},
			},
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key of the user that the provider acts as. Required, here or as `IMMUTA_API_KEY` or `IMMUTA_API_TOKEN`, " +
					"in this order.",
				Optional:  true,
				Sensitive: true,
			},
			"authentication": schema.StringAttribute{
				MarkdownDescription: "How the key is presented: `api_key` sends it as it is, `bearer` as `Bearer <key>`, `token` exchanges it for a " +
					"session token that is renewed when it expires. Default: `api_key`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(string(immuta.APIKey), string(immuta.Bearer), string(immuta.Token))},
			},
			"ca_certificate": schema.StringAttribute{
				MarkdownDescription: "PEM certificates of authorities to trust besides the system's, such as `file(\"corp-ca.pem\")`.",
				Optional:            true,
			},
			"insecure_skip_verify": schema.BoolAttribute{
				MarkdownDescription: "Whether to accept any TLS certificate. For experiments only: whoever answers gets the API key. Default: `false`.",
				Optional:            true,
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "How long one attempt of a request may take, as a duration such as `90s`. Default: `60s`.",
				Optional:            true,
				Validators:          []validator.String{tf.PositiveDuration()},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: "How often a request that failed for a transient reason is repeated, with growing pauses and within the " +
					"operation's timeout. Default: `4`.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, 100)},
			},
			"max_concurrent_requests": schema.Int64Attribute{
				MarkdownDescription: "How many requests may be under way at once. Default: `32`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, 1000)},
			},
			"requests_per_second": schema.Float64Attribute{
				MarkdownDescription: "A ceiling for the rate of requests; `0` means none. Default: `0`.",
				Optional:            true,
				Validators:          []validator.Float64{float64validator.AtLeast(0)},
			},
			"headers": schema.MapAttribute{
				MarkdownDescription: "Headers to add to every request, for gateways that want them. `Authorization`, `Host`, `Content-*`, " +
					"`Idempotency-Key` and `X-Idempotency-Key` are refused: the last two would make requests that broke off go out a second time.",
				ElementType: types.StringType,
				Optional:    true,
				Sensitive:   true,
			},
			"refresh": schema.StringAttribute{
				MarkdownDescription: "How sources are refreshed. `full` reads each source and its handler. `listing` reads the whole tenant's " +
					"listing once, 200 sources a request, and only those in full that it shows changed: faster for thousands of sources, but drift in " +
					"a handler's details (ports, warehouses, staleness) is not seen. Default: `full`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(refreshFull, refreshListing)},
			},
			"source_defaults": schema.SingleNestedAttribute{
				MarkdownDescription: "Defaults for every source that does not say otherwise.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"on_destroy": schema.StringAttribute{
						MarkdownDescription: "Default of the sources' `on_destroy`: `disable`, `delete` or `abandon`. Default: `disable`.",
						Optional:            true,
						Validators:          []validator.String{stringvalidator.OneOf(handler.OnDestroyValues()...)},
					},
					"deletion_protection": schema.BoolAttribute{
						MarkdownDescription: "Default of the sources' `deletion_protection`. Default: `false`.",
						Optional:            true,
					},
				},
			},
		},
	}
}

// ValidateConfig checks what no single attribute can.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	for name, value := range config.Headers.Elements() {
		at := path.Root("headers").AtMapKey(name)
		text, _ := value.(types.String)
		switch {
		case immuta.IsReservedHeader(name):
			resp.Diagnostics.AddAttributeError(at, "A header that the provider sets itself",
				fmt.Sprintf("The header %q cannot be set: authentication is by api_key and authentication, an idempotency key would make a request "+
					"that "+
					"broke off go out a second time, and the rest follows from the request.", name))
		case !headerName.MatchString(name):
			resp.Diagnostics.AddAttributeError(at, "The header's name is not valid", fmt.Sprintf("%q cannot be the name of an HTTP header.", name))
		case strings.ContainsFunc(text.ValueString(), isControl):
			resp.Diagnostics.AddAttributeError(at, "The header's value is not valid",
				fmt.Sprintf("The value of %q holds a line break or another control character. Does it come from a file? Then use "+
					"trimspace(file(...)).", name))
		}
	}
}

// headerName is what HTTP allows as the name of a header.
var headerName = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// Configure builds the client. It sends nothing, and does not insist on values that are not known yet.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &tf.Provider{
		Defaults:      sourceDefaults(config.SourceDefaults),
		ResourceTypes: handler.ResourceTypes(p.Resources(ctx)),
	}
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData = data, data, data
	resp.ListResourceData, resp.ActionData = data, data
	if unknownConnection(config) {
		return
	}
	settings := clientConfig(config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	settings.UserAgent = p.userAgent(req.TerraformVersion)
	settings.Logger = tf.NewLogger()
	for _, adjust := range p.adjust {
		adjust(&settings)
	}
	client, err := immuta.New(settings)
	if err != nil {
		at := path.Root("host")
		if errors.Is(err, immuta.ErrCACertificate) {
			at = path.Root("ca_certificate")
		}
		resp.Diagnostics.AddAttributeError(at, "The provider cannot be configured", err.Error())
		return
	}
	data.Client = client
	p.client.Store(client)
	if config.Refresh.ValueString() == refreshListing {
		data.Listing = immuta.NewListing(client)
	}
}

// unknownConnection tells whether a value that the client needs is only known at apply.
func unknownConnection(c model) bool {
	return c.Host.IsUnknown() || c.APIKey.IsUnknown() || c.Authentication.IsUnknown() || c.CACertificate.IsUnknown() ||
		c.InsecureSkipVerify.IsUnknown() || c.Headers.IsUnknown() ||
		slices.ContainsFunc(slices.Collect(maps.Values(c.Headers.Elements())), attr.Value.IsUnknown)
}

// clientConfig reads the configuration and, for what it leaves out, the environment and the defaults.
func clientConfig(c model, diags *diag.Diagnostics) immuta.Config {
	settings := immuta.Config{
		Host:                  required(c.Host, path.Root("host"), diags, "IMMUTA_HOST"),
		APIKey:                required(c.APIKey, path.Root("api_key"), diags, "IMMUTA_API_KEY", "IMMUTA_API_TOKEN"),
		Authentication:        immuta.Authentication(c.Authentication.ValueString()),
		CACertificate:         c.CACertificate.ValueString(),
		InsecureSkipVerify:    c.InsecureSkipVerify.ValueBool(),
		RequestTimeout:        immuta.DefaultRequestTimeout,
		MaxRetries:            immuta.DefaultMaxRetries,
		MaxConcurrentRequests: immuta.DefaultMaxConcurrentRequests,
		RequestsPerSecond:     c.RequestsPerSecond.ValueFloat64(),
		Headers:               map[string]string{},
	}
	if d, err := time.ParseDuration(c.RequestTimeout.ValueString()); err == nil {
		settings.RequestTimeout = d
	}
	if !c.MaxRetries.IsNull() && !c.MaxRetries.IsUnknown() {
		settings.MaxRetries = int(c.MaxRetries.ValueInt64())
	}
	if n := c.MaxConcurrentRequests.ValueInt64(); n > 0 {
		settings.MaxConcurrentRequests = int(n)
	}
	for name, value := range c.Headers.Elements() {
		if text, ok := value.(types.String); ok {
			settings.Headers[name] = text.ValueString()
		}
	}
	if settings.Host == "" {
		return settings
	}
	base, err := immuta.ParseHost(settings.Host)
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root("host"), "The host is not valid", hostAdvice(err))
	case immuta.IsCleartext(base):
		diags.AddAttributeWarning(path.Root("host"), "The connection is not encrypted",
			fmt.Sprintf("Requests to %s, with the API key in them, cross the network in clear text. Use https.", base))
	}
	if settings.InsecureSkipVerify {
		diags.AddAttributeWarning(path.Root("insecure_skip_verify"), "The tenant's certificate is not checked",
			"Whoever answers in the tenant's place gets the API key. Give the authority's certificate in ca_certificate instead.")
	}
	return settings
}

// required reads a value from the configuration or the first environment variable that holds one. White space around it
// comes from the file that it was read from.
func required(v types.String, at path.Path, diags *diag.Diagnostics, environment ...string) string {
	if value := strings.TrimSpace(v.ValueString()); value != "" {
		return value
	}
	for _, name := range environment {
		if value := strings.TrimSpace(os.Getenv(name)); value != "" {
			return value
		}
	}
	diags.AddAttributeError(at, fmt.Sprintf("The provider needs %s", at),
		fmt.Sprintf("Set %s in the provider block, or the environment variable %s.", at, strings.Join(environment, " or ")))
	return ""
}

func sourceDefaults(o types.Object) tf.SourceDefaults {
	if o.IsUnknown() {
		return tf.SourceDefaults{OnDestroy: types.StringUnknown(), DeletionProtection: types.BoolUnknown()}
	}
	defaults := handler.SourceDefaults()
	if policy, ok := o.Attributes()["on_destroy"].(types.String); ok && !policy.IsNull() {
		defaults.OnDestroy = policy
	}
	if protection, ok := o.Attributes()["deletion_protection"].(types.Bool); ok && !protection.IsNull() {
		defaults.DeletionProtection = protection
	}
	return defaults
}

// userAgent names the provider and Terraform, and what the user wants to add.
func (p *Provider) userAgent(terraform string) string {
	agent := fmt.Sprintf("terraform-provider-immuta/%s (+https://%s) Terraform/%s", p.version, Address, terraform)
	if more := strings.TrimSpace(os.Getenv("TF_APPEND_USER_AGENT")); more != "" {
		agent += " " + more
	}
	return agent
}

// Resources lists the resources.
func (p *Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		blob.NewResource,
		comment.NewResource,
		dictionary.NewResource,
		handler.NewAzureSynapse,
		handler.NewDatabricks,
		handler.NewRedshift,
		handler.NewS3,
		handler.NewSnowflake,
		handler.NewTrino,
		sqlaccount.NewResource,
		subscription.NewAccess,
		subscription.NewSubscription,
		tag.NewResource,
		task.NewUnmaskRequest,
	}
}

// ListResources lists the list resources.
func (p *Provider) ListResources(ctx context.Context) []func() list.ListResource {
	return append(handler.ListResources(p.Resources(ctx)),
		dictionary.NewList,
		subscription.NewAccessList,
	)
}

// Functions lists the functions.
func (p *Provider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		connection.NewConnectionString,
		connection.NewParseConnectionString,
	}
}

// Actions lists the actions.
func (p *Provider) Actions(ctx context.Context) []func() action.Action {
	return []func() action.Action{
		maintenance.NewBulkUpdate,
		maintenance.NewCheckHealth,
		maintenance.NewCompleteTask,
		maintenance.NewDeleteSQLAccounts,
		maintenance.NewDeleteTask,
		maintenance.NewDetectRemoteChanges,
		maintenance.NewRecalculateHighCardinality,
		maintenance.NewRefreshNativeView,
		maintenance.NewRefreshNativeViews,
		maintenance.NewUpdateConnection(handler.Connections(p.Resources(ctx))),
	}
}

// EphemeralResources lists the ephemeral resources.
func (p *Provider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		user.NewToken,
		sqlaccount.NewTemporary,
	}
}

// DataSources lists the data sources.
func (p *Provider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		blob.NewDataSource,
		comment.NewDataSource,
		dictionary.NewColumnsDataSource,
		dictionary.NewDataSource,
		report.NewActivities,
		contact.NewDataSource,
		user.NewCurrentUser,
		report.NewHealth,
		report.NewLineage,
		report.NewPolicyInfo,
		tag.NewDataSource,
		task.NewUnmaskUsers,
		report.NewVisibilityReport,
		s3p.NewBuckets,
		s3p.NewObject,
		s3p.NewObjects,
		search.NewBlobHandlerTypes,
		search.NewDataSource,
		search.NewDataSources,
		search.NewDataSourcesByPurpose,
		search.NewMyDataSources,
		sqlaccount.NewConnection,
		subscription.NewAccessDataSource,
		task.NewDataSource,
		task.NewPendingDataSource,
	}
}
