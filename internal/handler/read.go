package handler

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Read refreshes the state. Only Immuta's own word that the source does not exist removes it.
func (r *Resource[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m M
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	common := r.d.Common(&m)
	id := common.ID.ValueInt64()
	r.SetIdentity(ctx, &req.State, resp.Identity, &resp.Diagnostics)
	what := common.label()
	client := r.ForRefresh(what, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := r.BoundRead(ctx, req, &resp.Diagnostics)
	defer cancel()

	row, listed, done := r.Listing.Row(ctx, id)
	defer done()
	if listed && common.matchesListing(row) && (r.d.MatchesListing == nil || r.d.MatchesListing(&m, row)) && r.IsSameTenant(ctx, req.Private) {
		return
	}
	r.protect(client, &m)
	found, err := r.read(ctx, client, id, common.HandlerID.ValueInt64(), nil)
	switch {
	case errors.Is(err, errGone):
		confirm := func(ctx context.Context, err error) error { return client.ConfirmSourceGone(ctx, id, err) }
		r.RemoveGone(ctx, req.Private, what, err, confirm, &resp.State, &resp.Diagnostics)
		return
	case err != nil:
		r.addReadError(&resp.Diagnostics, "Reading "+what, err)
		return
	}
	if !r.RecognizeTenant(ctx, req.Private, resp.Private, found.source.Birth(), what, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(r.fromAPI(&m, found)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// errGone says that Immuta itself has no such source.
var errGone = errors.New("the data source does not exist")

// otherTechnologyError says that a source belongs to another resource type.
type otherTechnologyError struct {
	id              int64
	technology      string
	rightType, this string
}

func (e *otherTechnologyError) Error() string {
	text := fmt.Sprintf("data source %d is a source of %s, which %s does not manage", e.id, e.technology, e.this)
	if e.rightType != "" {
		text += "; " + e.rightType + " does"
	}
	return text
}

// fetched is a source as both of its halves answer it.
type fetched struct {
	source  immuta.Source
	handler *immuta.Handler
	ref     immuta.HandlerRef
}

// read gets the source and its handler side by side, or one after the other while the handler's id is not known (0). A
// source that was just seen is not asked for again.
func (r *Resource[M]) read(ctx context.Context, client *immuta.Client, id, handlerID int64, seen *immuta.Source) (*fetched, error) {
	type answer struct {
		handler *immuta.Handler
		err     error
	}
	expected := immuta.HandlerRef{Prefix: r.d.Technology.Prefix, ID: handlerID}
	early := make(chan answer, 1)
	if handlerID != 0 {
		go func() {
			handler, err := client.Handler(ctx, expected)
			early <- answer{handler, err}
		}()
	}
	source, err := seen, error(nil)
	if source == nil {
		source, err = client.Source(ctx, id)
	}
	var got answer
	if handlerID != 0 {
		// Also when the source could not be read: nothing of a read is under way when it is over.
		got = <-early
	}
	if immuta.IsNotFound(err) {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	if err != nil {
		return nil, err
	}
	ref, err := r.handlerOf(source, expected)
	if err != nil {
		return nil, err
	}
	if handlerID == 0 || ref != expected {
		got.handler, got.err = client.Handler(ctx, ref)
	}
	if got.err != nil {
		return nil, fmt.Errorf("the handler of data source %d: %w", id, got.err)
	}
	if of := got.handler.SourceID(); of != 0 && of != id {
		return nil, &immuta.WrongObjectError{
			Request: fmt.Sprintf("GET /%s/handler/%d", ref.Prefix, ref.ID),
			What:    fmt.Sprintf("data source %d", id), Got: fmt.Sprintf("data source %d", of),
		}
	}
	return &fetched{source: *source, handler: got.handler, ref: ref}, nil
}

// handlerOf is the handler of a source of this technology: the one that Immuta returns, or else the one that is expected.
func (r *Resource[M]) handlerOf(source *immuta.Source, expected immuta.HandlerRef) (immuta.HandlerRef, error) {
	ref, ok := source.Handler()
	if err := r.checkTechnology(source, ref); err != nil {
		return ref, err
	}
	if !ok {
		ref = expected
	}
	if ref.ID == 0 {
		return ref, fmt.Errorf("the answer for data source %d does not say which handler it has (blobHandler.url)", int64(source.ID))
	}
	return ref, nil
}

// checkTechnology compares the handler's route or, where that is not answered, the label: either alone proves the
// technology, since not all labels are certain.
func (r *Resource[M]) checkTechnology(source *immuta.Source, ref immuta.HandlerRef) error {
	label := string(source.Technology)
	if ref.Prefix == r.d.Technology.Prefix || strings.EqualFold(label, r.d.Technology.Label) {
		return nil
	}
	e := &otherTechnologyError{id: int64(source.ID), technology: label, this: r.d.Technology.ResourceType()}
	if r.Provider != nil {
		e.rightType = r.ResourceTypes[label]
	}
	return e
}

// fromAPI takes over what Immuta returned, on top of what the model held before.
func (r *Resource[M]) fromAPI(m *M, found *fetched) diag.Diagnostics {
	common := r.d.Common(m)
	common.fromAPI(&found.source, found.ref)
	common.inherit(r.defaults())
	return readAll(r.d.Values(m, answer{source: found.source, handler: *found.handler}))
}

// addReadError reports a failed read. A source of another technology is the configuration's mistake, not the tenant's.
func (r *Resource[M]) addReadError(diags *diag.Diagnostics, attempted string, err error) {
	if other, ok := errors.AsType[*otherTechnologyError](err); ok {
		diags.AddAttributeError(path.Root("id"), "A data source of another technology",
			fmt.Sprintf("%s: %s. Declare it with the right resource type, or import another id.", attempted, other.Error()))
		return
	}
	r.addError(diags, attempted, err)
}
