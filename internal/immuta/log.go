package immuta

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// LevelTrace is below [slog.LevelDebug]: bodies are logged at it.
const LevelTrace = slog.LevelDebug - 4

const masked = "***"

// secretWords are what the keys are made of whose values never appear in a log or an error: password, sqlPassword, apikey,
// token, accessKey and the content of a user file among them.
const secretWords = `password|secret|token|api_?key|access_?key|private_?key|credential`

var (
	secretKey = regexp.MustCompile(`(?i)(` + secretWords + `|^content$)`)
	// cutSecret finds the same in JSON that cannot be decoded, such as one that was cut short in the middle of a secret.
	cutSecret = regexp.MustCompile(`(?i)("(?:[^"\\]*(?:` + secretWords + `)[^"\\]*|content)"\s*:\s*")(?:[^"\\]|\\.)*`)
)

// masker returns a function that blots every secret out of a text: the credentials of the client and whatever the
// request's own body holds under a secret key, since a server may well quote what it was sent. The secrets are gathered
// only when there is a text to clean.
func (c *Client) masker(payload []byte, credential string) func(string) string {
	replacer := sync.OnceValue(func() *strings.Replacer { return c.replacer(payload, credential) })
	return func(text string) string {
		if text == "" {
			return ""
		}
		return replacer().Replace(text)
	}
}

func (c *Client) replacer(payload []byte, credential string) *strings.Replacer {
	secrets := append(secretsOf(payload), c.session.key, c.session.current(), strings.TrimPrefix(credential, "Bearer "))
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
		for _, spelling := range []string{s, inJSON(s, false), inJSON(s, true), url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s)} {
			pairs = append(pairs, spelling, masked)
		}
	}
	return strings.NewReplacer(pairs...)
}

// inJSON is how a text stands between the quotes of a JSON string.
func inJSON(s string, escapeHTML bool) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(escapeHTML)
	if err := encoder.Encode(s); err != nil {
		return s
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

// secretsOf lists the strings under secret keys of a JSON text, at any depth.
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

// maskBody is a body as it may be shown: secrets under their keys are replaced, and so are known secrets anywhere else.
func maskBody(body []byte, mask func(string) string) string {
	value, ok := decodeAny(body)
	if !ok {
		return mask(cutSecret.ReplaceAllString(string(body), "${1}"+masked))
	}
	value = walk(value, false, func(text string, secret bool) string {
		if secret && text != "" {
			return masked
		}
		return mask(text)
	})
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return masked
	}
	return mask(strings.TrimSpace(b.String()))
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
