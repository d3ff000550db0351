package immuta

import (
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
)

// LevelTrace is below [slog.LevelDebug]: bodies are logged at it.
const LevelTrace = slog.LevelDebug - 4

const masked = "***"

// secretKey matches the keys whose values never appear in a log or an error: password, sqlPassword, apikey, token,
// accessKey and the content of a user file among them.
var secretKey = regexp.MustCompile(`(?i)(password|secret|token|api_?key|access_?key|private_?key|credential|^content$)`)

// masker returns a function that blots every secret out of a text: the credentials of the client and whatever the
// request's own body holds under a secret key, since a server may well quote what it was sent. The work is done
// only when there is a text to clean.
func (c *Client) masker(payload []byte, credential string) func(string) string {
	return func(text string) string {
		secrets := append(secretsOf(payload), c.session.key, strings.TrimPrefix(credential, "Bearer "))
		for _, value := range c.headers {
			secrets = append(secrets, value)
		}
		// Longest first, so that a secret inside another does not leave the rest of it readable.
		slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
		var pairs []string
		for _, s := range secrets {
			if s == "" {
				continue
			}
			pairs = append(pairs, s, masked)
			if quoted, err := json.Marshal(s); err == nil && string(quoted) != `"`+s+`"` {
				pairs = append(pairs, string(quoted[1:len(quoted)-1]), masked)
			}
		}
		return strings.NewReplacer(pairs...).Replace(text)
	}
}

// secretsOf lists the strings under secret keys of a JSON text, at any depth.
func secretsOf(payload []byte) []string {
	var value any
	if json.Unmarshal(payload, &value) != nil {
		return nil
	}
	var found []string
	walkSecrets(value, func(_ map[string]any, _, secret string) { found = append(found, secret) })
	return found
}

func walkSecrets(value any, visit func(object map[string]any, key, secret string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if s, ok := inner.(string); ok && secretKey.MatchString(key) {
				visit(v, key, s)
				continue
			}
			walkSecrets(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walkSecrets(inner, visit)
		}
	}
}

// maskBody is a body for the log: secrets under their keys are replaced, and so are known secrets anywhere else.
func maskBody(body []byte, mask func(string) string) string {
	var value any
	if json.Unmarshal(body, &value) == nil {
		walkSecrets(value, func(object map[string]any, key, _ string) { object[key] = masked })
		if clean, err := json.Marshal(value); err == nil {
			body = clean
		}
	}
	return mask(string(body))
}

func (c *Client) logAttempt(ctx context.Context, r request, number, status int, took time.Duration, sent, got []byte, err error, mask func(string) string) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", r.method), slog.String("path", r.path), slog.Int("status", status),
		slog.Int64("duration_ms", took.Milliseconds()), slog.Int("attempt", number+1),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", mask(err.Error())))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
	if c.log.Enabled(ctx, LevelTrace) {
		c.log.LogAttrs(ctx, LevelTrace, "bodies", slog.String("method", r.method), slog.String("path", r.path),
			slog.String("query", r.query.Encode()),
			slog.String("request_body", maskBody(sent, mask)), slog.String("response_body", maskBody(got, mask)))
	}
}
