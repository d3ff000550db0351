package tf

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// StringCheck is a validator of known strings.
type StringCheck struct {
	// Demands is what the documentation and errors say of a legal value: "must be base64-encoded".
	Demands string
	// Summary is the first line of the error.
	Summary string
	// Check returns what is wrong and what to do about it, or nothing.
	Check func(value string) (problem string)
}

// Description says what a legal value is.
func (c StringCheck) Description(context.Context) string { return "value " + c.Demands }

// MarkdownDescription says what a legal value is.
func (c StringCheck) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString adds an error for a known value that fails the check. It names the path, which the CLI does not show of a nested
// attribute.
func (c StringCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !Known(req.ConfigValue) {
		return
	}
	if problem := c.Check(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, c.Summary, req.Path.String()+": "+problem)
	}
}

// Base64 refuses strings that are not standard base64 with padding. It never quotes the value, which may be a secret.
func Base64() validator.String {
	return StringCheck{"must be base64-encoded", "The value is not base64", func(value string) string {
		// A stream, because the value may be a large file.
		if _, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(value))); err != nil {
			return `Immuta takes files base64-encoded: use filebase64("path") for a file, or base64encode(value) for a string.`
		}
		return ""
	}}
}

// PositiveDuration refuses strings that are not a positive duration such as "90s" or "10m".
func PositiveDuration() validator.String {
	return StringCheck{`must be a positive duration such as "90s" or "10m"`, "The duration is not valid", func(value string) string {
		if d, err := time.ParseDuration(value); err != nil || d <= 0 {
			return fmt.Sprintf(`%q is not a positive duration such as "90s" or "10m".`, value)
		}
		return ""
	}}
}

// HostName refuses what has more than a host name in it, and proposes the host name.
func HostName() validator.String {
	return StringCheck{"must be a host name alone", "Not a host name", func(value string) string {
		bare := value
		if _, rest, ok := strings.Cut(value, "://"); ok {
			bare = rest
		}
		bare, _, _ = strings.Cut(bare, "/")
		if bare == value {
			return ""
		}
		return fmt.Sprintf("Immuta takes the host name without scheme and path: %q instead of %q.", bare, value)
	}}
}

// InstantOrNone refuses strings that are neither an RFC 3339 timestamp nor empty.
func InstantOrNone() validator.String {
	const demands = "must be an RFC 3339 timestamp such as 2027-01-01T00:00:00Z, or empty for none"
	return StringCheck{demands, "The timestamp is not valid", func(value string) string {
		if _, err := time.Parse(time.RFC3339, value); err != nil && value != "" {
			return fmt.Sprintf("%q %s.", value, demands)
		}
		return ""
	}}
}

// PathName refuses names that the client never sends as a part of a path: see [immuta.UnsafePathError].
func PathName() validator.String {
	return StringCheck{
		Demands: `must not be "." or "..", nor hold one of them between slashes`,
		Summary: "The name cannot be part of a path",
		Check: func(value string) string {
			if err := immuta.CheckName(value); err != nil {
				return err.Error() + ".\n\n" + unsafePathAdvice
			}
			return ""
		},
	}
}

const unsafePathAdvice = "Immuta's API takes names in the path of a request. Use the id where there is one, or rename the object in Immuta."
