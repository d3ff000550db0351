// Package blob manages files in those of Immuta's sources whose data are objects.
package blob

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithConfigValidators = (*blob)(nil)
	_ resource.ResourceWithImportState      = (*blob)(nil)
	_ resource.ResourceWithModifyPlan       = (*blob)(nil)
)

const typeName = "immuta_blob"

// NewResource is the resource immuta_blob.
func NewResource() resource.Resource {
	return &blob{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:       typeName,
		Identity:   []tf.IdentityKey{tf.SourceKey(), {Name: "blob_id", Description: "Id of the blob.", Text: true}},
		Fields:     fields,
		Schema:     resourceSchema,
		Timeout:    20 * time.Minute,
		Immutable:  true,
		Import:     tf.Import{Forms: "the id of the data source and the id of the blob (57/2026/orders.csv)", Keys: importKeys, Partial: true},
		What:       (*model).what,
		Creating:   func(m *model) string { return "Uploading the " + m.what() },
		Create:     create,
		Verified:   []string{"source", "content_base64"},
		Read:       func(ctx context.Context, r *tf.Refresh, m *model) error { return m.refresh(ctx, r.Client) },
		Destroying: func(m *model) string { return "Deleting the " + m.what() },
		Destroy:    destroy,
	}}}
}

type blob struct{ tf.Resource[model] }

type model struct {
	tf.OperationTimeouts

	ID            types.String      `tfsdk:"id"`
	DataSourceID  types.Int64       `tfsdk:"data_source_id"`
	BlobID        types.String      `tfsdk:"blob_id"`
	Source        types.String      `tfsdk:"source"`
	ContentBase64 types.String      `tfsdk:"content_base64"`
	FileName      types.String      `tfsdk:"file_name"`
	Tags          types.Set         `tfsdk:"tags"`
	Date          timetypes.RFC3339 `tfsdk:"date"`
	Persist       types.Bool        `tfsdk:"persist"`
	Filesize      types.Int64       `tfsdk:"filesize"`
	ContentSHA256 types.String      `tfsdk:"content_sha256"`
}

func resourceSchema() schema.Schema {
	const (
		replaced    = "Changing it replaces the blob."
		contentRule = "A new blob needs one of `source` and `content_base64`, and takes no more. Removing it from the configuration leaves the " +
			"blob as it is: the content is then needed again when something else replaces it."
	)
	return schema.Schema{
		MarkdownDescription: "Stores a file in a data source whose data are objects. Immuta cannot change a blob, so every change replaces it. " +
			"A blob that is there already is not overwritten, but imported; for the same reason `create_before_destroy` cannot work unless " +
			"`blob_id` changes too.\n\n" +
			"Immuta returns nothing of a blob but its content. A refresh only asks whether it is there; an import reads the content once, for its " +
			"checksum. An upload has to be done within the provider's `request_timeout`. Newer versions of Immuta have no blobs.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptText("The same as `blob_id`."),
			"data_source_id": tf.SourceID(replaced),
			"blob_id": schema.StringAttribute{
				MarkdownDescription: "Id of the blob, unique in its data source. It may hold slashes. Changing it replaces the blob.",
				Required:            true,
				Validators:          []validator.String{blobID()},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"source": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("Path of a file with the content, at most %d MiB. It is read while planning, and a changed file "+
					"replaces the blob; the same content at another path does not. ", maxSize>>20) + contentRule,
				Optional:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"content_base64": schema.StringAttribute{
				MarkdownDescription: "The content, base64-encoded. It is kept in the state: prefer `source` for anything large. Other content " +
					"replaces the blob. " + contentRule,
				Optional:   true,
				Validators: []validator.String{tf.Base64()},
			},
			"file_name": schema.StringAttribute{
				MarkdownDescription: "Name of the file, as Immuta shows it. Changing or removing it replaces the blob. Immuta does not return it, " +
					"so drift is not detected.",
				Optional:      true,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers: []planmodifier.String{tf.ReplaceString()},
			},
			"tags": schema.SetAttribute{
				MarkdownDescription: "Tags of the blob. Changing or removing them replaces the blob. Immuta does not return them, so drift is not " +
					"detected.",
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
				PlanModifiers: []planmodifier.Set{tf.ReplaceSet()},
			},
			"date": schema.StringAttribute{
				MarkdownDescription: "The date that the content is about (RFC 3339). Changing or removing it replaces the blob. Immuta does not " +
					"return it, so drift is not detected.",
				CustomType:    timetypes.RFC3339Type{},
				Optional:      true,
				PlanModifiers: []planmodifier.String{tf.ReplaceString()},
			},
			"persist": schema.BoolAttribute{
				MarkdownDescription: "Whether Immuta stores the content itself, and not only what is known of it. Changing it replaces the blob. " +
					"Default: `true`, which removing it from the configuration returns to. Immuta does not return it, so drift is not detected.",
				Optional:      true,
				Computed:      true,
				Default:       booldefault.StaticBool(true),
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.RequiresReplaceIf(persistChanges, replaced, replaced)},
			},
			"filesize": schema.Int64Attribute{MarkdownDescription: "Size of the content in bytes.", Computed: true},
			"content_sha256": schema.StringAttribute{
				MarkdownDescription: "SHA-256 of the content, in hexadecimal. A change of it is what replaces the blob.", Computed: true,
			},
		},
	}
}

func (b *blob) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{resourcevalidator.Conflicting(path.MatchRoot("source"), path.MatchRoot("content_base64"))}
}

// ModifyPlan reads the content, so that a changed file shows in the plan. Content that is only known at apply counts as
// another one. An import, which has none, keeps what was read.
func (b *blob) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	isNew := req.State.Raw.IsNull()
	var state model
	if !isNew {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	sum, size := types.StringUnknown(), types.Int64Unknown()
	switch c, ok := plan.content(); {
	case ok:
		digest, err := c.digest()
		if err != nil {
			resp.Diagnostics.AddAttributeError(path.Root(c.name), "The content cannot be taken", err.Error())
			return
		}
		sum, size = types.StringValue(digest.sum), types.Int64Value(digest.size)
	case !plan.Source.IsNull() || !plan.ContentBase64.IsNull(): // Known at apply.
	case isNew:
		resp.Diagnostics.AddAttributeError(path.Root("source"), "The content is missing",
			"A blob that is new, or replaced by a new one, has to be uploaded: give source (a file) or content_base64.")
		return
	default:
		sum, size = state.ContentSHA256, state.Filesize
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("content_sha256"), sum)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("filesize"), size)...)
	if isNew {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.BlobID)...)
		return
	}
	if !sum.Equal(state.ContentSHA256) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("content_sha256"))
	}
}

// create uploads the content. Whether the blob is there already is asked before: Immuta may overwrite it without a word, and
// after a lost answer the blob that is there then must be the one that was just uploaded.
func create(ctx context.Context, c *tf.Creation[model]) {
	sourceID := c.Plan.DataSourceID.ValueInt64()
	upload, err := c.Plan.toAPI(ctx)
	if err == nil {
		err = store(ctx, c.Client, sourceID, upload)
	}
	switch {
	case errors.Is(err, errTaken):
		c.Diags.AddAttributeError(path.Root("blob_id"), "The blob is there already",
			fmt.Sprintf("%s failed: data source %d has a blob of that id. Nothing was changed.\n\n"+
				"Choose another id, delete it in Immuta, or import it to manage it:%s", c.Attempted, sourceID,
				tf.ImportAdvice(typeName, fmt.Sprintf("%d/%s", sourceID, c.Plan.BlobID.ValueString()))))
	case immuta.IsNotFound(err):
		tf.AddNoSource(c.Diags, c.Attempted, err)
	case err != nil:
		tf.AddError(c.Diags, c.Attempted, err, fields)
	}
	c.Plan.ID = c.Plan.BlobID
}

func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	return client.DeleteBlob(ctx, m.DataSourceID.ValueInt64(), m.BlobID.ValueString())
}

// ImportState takes the id of the data source and the id of the blob, or an identity.
func (b *blob) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	b.Resource.ImportState(ctx, req, resp)
	var id types.String
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("blob_id"), &id)...)
	if err := checkID(id.ValueString()); err != nil && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddError("Malformed blob id", err.Error())
	}
}

func importKeys(given string) (keys []any, ok bool) {
	sourceID, id, ok := tf.ChildImportID(given)
	return []any{sourceID, id}, ok
}

// errTaken says that there is a blob of that id already.
var errTaken = errors.New("the blob is there already")

// store uploads a blob that must not be there yet.
func store(ctx context.Context, client *immuta.Client, sourceID int64, upload immuta.Blob) error {
	switch err := client.LookForBlob(ctx, sourceID, upload.ID); {
	case err == nil:
		return errTaken
	case !immuta.IsNotFound(err) && !immuta.IsMissingRoute(err):
		return err
	}
	err := client.UploadBlob(ctx, sourceID, upload)
	if err == nil || !immuta.IsUncertain(err) {
		return err
	}
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	if client.LookForBlob(ctx, sourceID, upload.ID) == nil {
		return nil
	}
	return err
}

var fields = tf.Fields{
	"blobId":   path.Root("blob_id"),
	"file":     path.Root("source"),
	"filename": path.Root("file_name"),
	"tags":     path.Root("tags"),
	"date":     path.Root("date"),
	"filesize": path.Root("filesize"),
}

// persistChanges believes the configuration after an import, which only assumes the default.
func persistChanges(ctx context.Context, req planmodifier.BoolRequest, resp *boolplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !tf.IsImported(ctx, req.Private)
}

// what names the blob in a message.
func (m *model) what() string {
	return fmt.Sprintf("blob %q of data source %d", m.BlobID.ValueString(), m.DataSourceID.ValueInt64())
}

// toAPI prepares the upload, and insists on the content that was planned.
func (m *model) toAPI(ctx context.Context) (immuta.Blob, error) {
	c, ok := m.content()
	if !ok {
		return immuta.Blob{}, errors.New("the content is not known")
	}
	digest, err := c.digest()
	if err != nil {
		return immuta.Blob{}, tf.At(c.name, err)
	}
	if digest.sum != m.ContentSHA256.ValueString() && tf.Known(m.ContentSHA256) {
		return immuta.Blob{}, tf.At(c.name, fmt.Errorf("the content has changed since it was planned: its SHA-256 was %s and is %s. Plan again",
			m.ContentSHA256.ValueString(), digest.sum))
	}
	m.ContentSHA256, m.Filesize = types.StringValue(digest.sum), types.Int64Value(digest.size)
	blob := immuta.Blob{
		ID:       m.BlobID.ValueString(),
		Filename: m.FileName.ValueString(),
		Date:     m.Date.ValueString(),
		Size:     digest.size,
		Open:     c.open,
		Persist:  m.Persist.ValueBool(),
	}
	if !m.Tags.IsNull() && m.Tags.ElementsAs(ctx, &blob.Tags, false).HasError() {
		return immuta.Blob{}, errors.New("the tags are not known")
	}
	slices.Sort(blob.Tags)
	return blob, nil
}

// refresh asks whether the blob is there; of one that was just imported, it reads what the content tells.
func (m *model) refresh(ctx context.Context, client *immuta.Client) error {
	sourceID, id := m.DataSourceID.ValueInt64(), m.BlobID.ValueString()
	if !m.ContentSHA256.IsNull() {
		return client.LookForBlob(ctx, sourceID, id)
	}
	sum, size, err := client.BlobDigest(ctx, sourceID, id)
	if err != nil {
		return err
	}
	m.ID, m.ContentSHA256, m.Filesize = m.BlobID, types.StringValue(sum), types.Int64Value(size)
	return nil
}
