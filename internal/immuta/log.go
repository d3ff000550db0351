package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// LevelTrace is below [slog.LevelDebug]: bodies are logged at it.
const LevelTrace = slog.LevelDebug - 4

const masked = "***"

// secretWords are what the keys are made of whose values never appear in a log or an error: password, sqlPassword, apikey,
// token, accessKey, passphrase, pwd and the content of a user file among them.
const secretWords = `passw|passphrase|passcode|pwd|secret|token|api_?key|access_?key|private_?key|credential|authorization|signature`

var (
	secretKey = regexp.MustCompile(`(?i)(` + secretWords + `|^(pass|content)$)`)
	// cutSecret finds the same in JSON that cannot be decoded, such as one that was cut short in the middle of a secret.
	cutSecret = regexp.MustCompile(`(?i)("(?:[^"\\]*(?:` + secretWords + `)[^"\\]*|pass|content)"\s*:\s*")(?:[^"\\]|\\.)*`)
	// optionSecret finds the same among the options of a connection: "Role=ANALYST;PWD=...", also in braces or quotes.
	optionSecret = regexp.MustCompile(`(?i)(\b\w*(?:` + secretWords + `)\w*\s*=\s*)(\{[^}]*\}?|\\*"[^"]*"?|'[^']*'?|[^\s;&"'\\]+)`)
	// options tells the options of a connection from a text that is none, such as a query with a condition.
	options = regexp.MustCompile(`^\s*\w+\s*=`)
)

// secretsOf lists the strings under secret keys of a JSON text, at any depth, and those in the options of a connection.
func secretsOf(payload []byte) []string {
	value, ok := decodeAny(payload)
	if !ok {
		return nil
	}
	var found []string
	walk(value, false, func(text string, secret bool) string {
		if secret {
			found = append(found, text)
		}
		if options.MatchString(text) {
			for _, option := range optionSecret.FindAllStringSubmatch(text, -1) {
				found = append(found, strings.Trim(option[2], `{}"'`))
			}
		}
		return text
	})
	return found
}

// walk replaces every string and number in a decoded JSON value by what change makes of it, and tells change whether it
// stands under a secret key. Numbers that stay the same stay numbers.
func walk(value any, secret bool, change func(text string, secret bool) string) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = walk(inner, secret || secretKey.MatchString(key), change)
		}
	case []any:
		for i, inner := range v {
			v[i] = walk(inner, secret, change)
		}
	case string:
		return change(v, secret)
	case json.Number:
		if text := change(v.String(), secret); text != v.String() {
			return text
		}
	}
	return value
}

// decodeAny decodes a JSON text and leaves its numbers as they are written.
func decodeAny(text []byte) (value any, ok bool) {
	if !json.Valid(text) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	return value, err == nil
}

// maxLogged is how many bytes of a body are logged.
const maxLogged = 64 << 10

// maskBody is a body as it may be shown: secrets under their keys are replaced, and so are known secrets anywhere else. Of a
// large one it is the beginning.
func (c *Client) maskBody(body []byte) string {
	body = body[:min(len(body), maxLogged)]
	value, ok := decodeAny(body)
	if !ok {
		return Printable(c.maskText(cutSecret.ReplaceAllString(string(body), "${1}"+masked)))
	}
	value = walk(value, false, func(text string, secret bool) string {
		if secret && text != "" {
			return masked
		}
		return c.maskText(text)
	})
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return masked
	}
	return c.Mask(strings.TrimSpace(b.String()))
}

func (c *Client) maskText(text string) string {
	return c.secrets.mask(optionSecret.ReplaceAllString(text, "${1}"+masked))
}

func (c *Client) logAttempt(ctx context.Context, r request, number, status int, took time.Duration, sent, got []byte, err error) {
	if !c.config.Logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", r.method), slog.String("path", c.Mask(r.path)), slog.Int("status", status),
		slog.Int64("duration_ms", took.Milliseconds()), slog.Int("attempt", number+1),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", c.Mask(err.Error())))
	}
	c.config.Logger.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
	if c.config.Logger.Enabled(ctx, LevelTrace) {
		c.config.Logger.LogAttrs(ctx, LevelTrace, "bodies", slog.String("method", r.method), slog.String("path", c.Mask(r.path)),
			slog.String("query", c.Mask(r.query.Encode())),
			slog.String("request_body", c.maskBody(sent)), slog.String("response_body", c.maskBody(got)))
	}
}
