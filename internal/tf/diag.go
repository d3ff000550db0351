package tf

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Fields maps keys of Immuta's API to the attributes they come from, for findings that Immuta reports by key. A key is one name, or
// the whole path of a value: metadata.0.dataType.
type Fields map[string]path.Path

// AddError turns any error into diagnostics: what was attempted ("Creating the data source \"Orders\""), what Immuta
// said and what to do next. Validation findings land on their attributes. A [Refusal] says everything by itself, and a [Remainder] is
// a warning.
func AddError(diags *diag.Diagnostics, attempted string, err error, fields Fields) {
	if e, ok := errors.AsType[*Refusal](err); ok {
		diags.AddAttributeError(e.At, e.Summary, e.Detail)
		return
	}
	if e, ok := errors.AsType[*Remainder](err); ok {
		diags.AddWarning(e.Summary, e.Detail)
		return
	}
	summary := attempted + " failed"
	detail := describe(err)
	refusal, ok := errors.AsType[*immuta.Error](err)
	if !ok || len(refusal.Validation) == 0 {
		if at, ok := errors.AsType[*attributeError](err); ok {
			diags.AddAttributeError(at.at, summary, detail)
			return
		}
		diags.AddError(summary, detail)
		return
	}
	var general []string
	for _, v := range refusal.Validation {
		said := finding(v)
		if at, ok := fields.find(v.Key()); ok {
			refused := fmt.Sprintf("Immuta refused the value of %s", at)
			if v.Message == "" || !strings.Contains(refusal.Message, v.Message) {
				refused += ": " + said
			}
			diags.AddAttributeError(at, summary, refused+"\n\n"+detail)
			continue
		}
		general = append(general, said)
	}
	if len(general) > 0 {
		diags.AddError(summary, fmt.Sprintf("%s\n\nImmuta's findings: %s.", detail, strings.Join(general, "; ")))
	}
}

// finding says what Immuta found and where.
func finding(v immuta.Validation) string {
	said := v.Message
	if !strings.HasPrefix(said, v.Path) {
		said = strings.TrimSpace(v.Path + " " + said)
	}
	if v.Code != "" {
		said += " (" + v.Code + ")"
	}
	return said
}

// Refusal is an error that says everything by itself: which attribute is at fault, what is wrong and what to do.
type Refusal struct {
	At              path.Path
	Summary, Detail string
}

func (e *Refusal) Error() string { return fmt.Sprintf("%s: %s", e.Summary, e.Detail) }

// Remainder is what a destroy that has done its work could not take away. It is a warning.
type Remainder struct{ Summary, Detail string }

func (e *Remainder) Error() string { return fmt.Sprintf("%s: %s", e.Summary, e.Detail) }

// AddNoSource reports that what was attempted failed because Immuta does not know the data source.
func AddNoSource(diags *diag.Diagnostics, attempted string, err error) {
	diags.AddAttributeError(path.Root(SourceKey().Name), "No such data source",
		fmt.Sprintf("%s failed: %v.\n\nGive the id of a data source that exists and is visible to the API key's user.", attempted, err))
}

// At says which attribute an error belongs to, for [AddError].
func At(attribute string, err error) error {
	return &attributeError{at: path.Root(attribute), err: err}
}

type attributeError struct {
	at  path.Path
	err error
}

func (e *attributeError) Error() string { return e.err.Error() }

func (e *attributeError) Unwrap() error { return e.err }

// Misspelled is advice where a key of an object is missing that seems to be there.
const Misspelled = "Is the key spelled right? Terraform drops keys that the object does not have, without a word."

// Advise says what to do about an error, for [AddError] and [AddWarning]: whoever made the call knows more of its failures than
// the general advice does.
func Advise(err error, advice string) error { return &advisedError{error: err, advice: advice} }

type advisedError struct {
	error
	advice string
}

func (e *advisedError) Unwrap() error { return e.error }

// AddWarning is AddError for what did not work but must not fail the operation. The consequence says what that means.
func AddWarning(diags *diag.Diagnostics, attempted string, err error, consequence string) {
	diags.AddWarning(attempted+" failed", describe(err)+"\n\n"+consequence)
}

// find looks a key up that Immuta may answer with its whole path. It goes from the outside in: columns.0.name is about a
// column, and not about the name of the source.
func (f Fields) find(key string) (path.Path, bool) {
	if at, ok := f[key]; ok {
		return at, true
	}
	for segment := range strings.FieldsFuncSeq(key, func(r rune) bool { return r == '.' || r == '[' }) {
		if at, ok := f[segment]; ok {
			return at, true
		}
	}
	return path.Empty(), false
}

// describe says what happened and what to do next. What is the same for every object is described once, and referred to in one
// line afterwards, unless a write may have taken effect all the same.
func describe(err error) string {
	if common, ok := errors.AsType[*immuta.CommonError](err); ok && !immuta.IsUncertain(err) {
		line, full := common.Report()
		if full == nil {
			return line
		}
		if common.Err == nil {
			err = full
		}
	}
	return err.Error() + "\n\n" + advice(err)
}

func advice(err error) string {
	if advised, ok := errors.AsType[*advisedError](err); ok {
		return advised.advice
	}
	if _, ok := errors.AsType[*immuta.UnsafePathError](err); ok {
		return unsafePathAdvice
	}
	if _, ok := errors.AsType[*immuta.WrongObjectError](err); ok {
		return "Nothing of that answer was used. A proxy or gateway may mix up answers, or serve them from a cache: check that host is the " +
			"tenant's own address and what stands in between, then run again."
	}
	if _, ok := errors.AsType[*immuta.ContradictionError](err); ok {
		return "It is not taken as deleted. A gateway may have answered one of the two, or the API key's user may have lost access to it: " +
			"check that host is the tenant's own address, then run again."
	}
	if unconfirmed, ok := errors.AsType[*immuta.UnconfirmedError](err); ok {
		return "It is not taken as deleted before Immuta itself has said so twice. " + advice(unconfirmed.Doubt)
	}
	if _, ok := errors.AsType[*immuta.LargeListError](err); ok {
		return "Narrow the filters, or set max_results (in a list block, limit)."
	}
	if _, ok := errors.AsType[*immuta.MissingRouteError](err); ok {
		return "Later versions of Immuta have dropped " + immuta.DroppedAreas + " from their API. Take what needs them out of the " +
			"configuration, and what is in the state out of that too: terraform state rm, or a removed block with " +
			"lifecycle { destroy = false }. If the tenant has the call and only this one thing was deleted, " +
			"the same lets the next apply make it anew."
	}
	if _, ok := errors.AsType[*immuta.DeclinedError](err); ok {
		return "Immuta took the request, but did not do what it asks for. Correct what Immuta names, and apply again; Immuta's logs for this " +
			"request tell more."
	}
	if refusal, ok := errors.AsType[*immuta.Error](err); ok {
		return refusalAdvice(refusal)
	}
	if _, ok := errors.AsType[*immuta.UnreadableError](err); ok {
		return "Something other than Immuta's API answered: check that host is the tenant's own address, and that no login page, " +
			"proxy or gateway stands in between."
	}
	if _, ok := errors.AsType[*immuta.IgnoredParameterError](err); ok {
		return "Only the first page can be read from such a server: narrow the filters, or set max_results (in a list block, limit) to what " +
			"fits into it. A proxy or gateway that drops parameters may be the cause."
	}
	if wrong, ok := errors.AsType[*immuta.WrongSchemeError](err); ok {
		return schemeAdvice(wrong.Host)
	}
	if _, ok := errors.AsType[*immuta.UnsettledError](err); ok {
		return "Run again when fewer changes are under way."
	}
	if immuta.IsCertificateError(err) {
		return "The tenant's TLS certificate is not trusted. If a company's own authority signed it, give its certificate in " +
			"ca_certificate; insecure_skip_verify turns the check off altogether and belongs in no production."
	}
	return "Check that the tenant is up and can be reached from here (proxies come from HTTPS_PROXY and NO_PROXY), then run again. " +
		"Slow tenants may need a longer request_timeout or, for resources and data sources, longer timeouts."
}

func schemeAdvice(host string) string {
	set := fmt.Sprintf("Write the scheme that it speaks: set host (or IMMUTA_HOST) to %q.", host)
	if strings.HasPrefix(host, "http:") {
		set += " Over plain HTTP the API key is sent in clear text."
	}
	return set
}

func refusalAdvice(e *immuta.Error) string {
	switch {
	case e.Location != "":
		return "Redirects are not followed, because they could take the API key elsewhere. If this is the tenant's new address, set host to it."
	case e.Status == http.StatusUnauthorized:
		return "Immuta does not accept the API key. Check api_key (or IMMUTA_API_KEY, then IMMUTA_API_TOKEN), that the key has not expired, " +
			"that host is the tenant it was made in, and whether the tenant wants another form of authentication."
	case e.Status == http.StatusForbidden:
		return "The API key's user may not do this. " + immuta.SourcePermissions +
			" The data source immuta_current_user tells who the key belongs to."
	case e.Status == http.StatusNotFound && e.Foreign:
		return "The answer is not Immuta's: check that host is the tenant's own address."
	case e.Status == http.StatusNotFound:
		return "Check the id or the name. " + immuta.SourceVisibility +
			" Where a whole route is missing, the tenant's version of Immuta no longer has it."
	case e.Status == http.StatusTooManyRequests:
		return "The tenant limits the rate of requests. Lower requests_per_second, max_concurrent_requests or Terraform's -parallelism, or " +
			"allow more max_retries."
	case e.Status >= http.StatusInternalServerError:
		return "This is a failure on Immuta's side. Running again is safe: what has been done is in the state. If it stays, Immuta's logs for " +
			"this request tell more."
	default:
		return "Correct the configuration as Immuta's message says, then apply again."
	}
}
