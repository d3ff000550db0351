package acctest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// WantNone fails the test if anything was reported.
func (d Diagnostics) WantNone(t testing.TB) {
	t.Helper()
	if len(d) > 0 {
		t.Fatalf("errors %q, warnings %q", d.Errors(), d.Warnings())
	}
}

// WantNoError fails the test if an error was reported.
func (d Diagnostics) WantNoError(t testing.TB) {
	t.Helper()
	if errs := d.Errors(); len(errs) > 0 {
		t.Fatalf("errors: %q", errs)
	}
}

// WantError fails the test unless one error holds all the texts.
func (d Diagnostics) WantError(t testing.TB, texts ...string) {
	t.Helper()
	d.wantOne(t, tfprotov6.DiagnosticSeverityError, nil, texts)
}

// WantErrorAt is WantError for an error on the attribute at a dotted path such as "server.port" or "columns.0.name".
func (d Diagnostics) WantErrorAt(t testing.TB, at string, texts ...string) {
	t.Helper()
	d.wantOne(t, tfprotov6.DiagnosticSeverityError, &at, texts)
}

// WantWarning fails the test unless one warning holds all the texts.
func (d Diagnostics) WantWarning(t testing.TB, texts ...string) {
	t.Helper()
	d.wantOne(t, tfprotov6.DiagnosticSeverityWarning, nil, texts)
}

// WantWarningAt is WantWarning for a warning on the attribute at a dotted path.
func (d Diagnostics) WantWarningAt(t testing.TB, at string, texts ...string) {
	t.Helper()
	d.wantOne(t, tfprotov6.DiagnosticSeverityWarning, &at, texts)
}

func (d Diagnostics) wantOne(t testing.TB, severity tfprotov6.DiagnosticSeverity, at *string, texts []string) {
	t.Helper()
	fits := func(one *tfprotov6.Diagnostic) bool {
		said := one.Summary + "\n" + one.Detail
		return one.Severity == severity && (at == nil || dotted(one.Attribute) == *at) &&
			!slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(said, text) })
	}
	if slices.ContainsFunc(d, fits) {
		return
	}
	where := ""
	if at != nil {
		where = " on " + *at
	}
	t.Fatalf("no %s%s with %q, but errors %q, warnings %q", severity, where, texts, d.Errors(), d.Warnings())
}

// dotted writes a path the way [Get] takes it.
func dotted(at *tftypes.AttributePath) string {
	var steps []string
	for _, step := range at.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			steps = append(steps, string(s))
		case tftypes.ElementKeyString:
			steps = append(steps, string(s))
		case tftypes.ElementKeyInt:
			steps = append(steps, fmt.Sprint(int64(s)))
		default:
			steps = append(steps, fmt.Sprint(s))
		}
	}
	return strings.Join(steps, ".")
}
