package immuta_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// records is a handler of logs that keeps all that is at least of some level.
type records struct {
	least slog.Level

	mu   sync.Mutex
	list []slog.Record
}

func (r *records) Enabled(_ context.Context, level slog.Level) bool { return level >= r.least }

func (r *records) Handle(_ context.Context, record slog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, record)
	return nil
}

func (r *records) WithAttrs([]slog.Attr) slog.Handler { return r }

func (r *records) WithGroup(string) slog.Handler { return r }

func (r *records) logger(c *immuta.Config) { c.Logger = slog.New(r) }

// lines is what was logged: a record a line, with all its attributes.
func (r *records) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, record := range r.list {
		line := record.Level.String() + " " + record.Message
		record.Attrs(func(a slog.Attr) bool {
			if a.Key != "duration_ms" {
				line += " " + a.String()
			}
			return true
		})
		lines = append(lines, line)
	}
	return lines
}

func TestAttemptsAreLogged(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level][]string{
		slog.LevelInfo: nil,
		slog.LevelDebug: {
			"DEBUG request method=PUT path=/dataSource/100 status=503 attempt=1 error=PUT /dataSource/100: 503 Service Unavailable: Slow down.",
			"DEBUG waiting before the next attempt method=PUT path=/dataSource/100 wait=2s",
			"DEBUG request method=PUT path=/dataSource/100 status=200 attempt=2",
		},
		immuta.LevelTrace: {
			"DEBUG request method=PUT path=/dataSource/100 status=503 attempt=1 error=PUT /dataSource/100: 503 Service Unavailable: Slow down.",
			`DEBUG-4 bodies method=PUT path=/dataSource/100 query= request_body={"description":"a<b"} ` +
				`response_body={"error":"Service Unavailable","message":"Slow down.","statusCode":503}`,
			"DEBUG waiting before the next attempt method=PUT path=/dataSource/100 wait=2s",
			"DEBUG request method=PUT path=/dataSource/100 status=200 attempt=2",
			`DEBUG-4 bodies method=PUT path=/dataSource/100 query= request_body={"description":"a<b"} response_body={"id":100}`,
		},
	} {
		inParallel(t, level.String(), func(t *testing.T) {
			tenant, log := fake.New(), &records{least: level}
			client := connect(t, tenant, log.logger)
			tenant.Fault(fake.Fault{Status: 503, Message: "Slow down.", RetryAfter: "2"})
			tenant.Fault(fake.Fault{Status: 200, Body: `{"id": 100}`})
			_, err := client.UpdateSource(t.Context(), 100, immuta.Settings{"description": "a<b"})
			wantNoError(t, err)
			wantEqual(t, "the log", log.lines(), want)
		})
	}
}

// Secrets that are spelled differently wherever they are written down.
const (
	secretKey    = `kéy"1<&>/+%\2 end`
	secretToken  = `tok"en<&>/+=%\`
	secretHeader = `he"ader<&>/+=%`
)

// echo answers with all that it was sent, in one of several ways.
func echo(status int, say func(w http.ResponseWriter, secrets []string, body string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == exchange {
			_ = json.NewEncoder(w).Encode(map[string]string{"token": secretToken})
			return
		}
		body, _ := io.ReadAll(r.Body)
		secrets := []string{secretKey, r.Header.Get("Authorization"), r.Header.Get("X-Secret")}
		if len(body) > 0 {
			secrets = append(secrets, secretPassword, secretNested, secretFile, fmt.Sprint(secretNumber))
		}
		w.Header().Set("Content-Type", "application/json")
		if status >= 300 && status <= 399 {
			w.Header().Set("Location", "https://sso.test/?"+url.Values{"all": secrets}.Encode())
		}
		w.WriteHeader(status)
		say(w, secrets, string(body))
	})
}

var echoes = map[string]func(w http.ResponseWriter, secrets []string, body string){
	"the body": func(w http.ResponseWriter, _ []string, body string) { _, _ = io.WriteString(w, body) },
	"the body in a text": func(w http.ResponseWriter, _ []string, body string) {
		_ = json.NewEncoder(w).Encode(map[string]any{"message": "refused: " + body, "warnings": body, "dataSourceId": 1, "id": 1})
	},
	"texts": func(w http.ResponseWriter, secrets []string, _ string) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": 1, "dataSourceId": 1, "message": secrets, "error": strings.Join(secrets, " and "), "warnings": secrets,
			"validation":                []any{map[string]any{"code": secrets[1], "path": secrets[2], "message": secrets[len(secrets)-2]}},
			"handlerDeleteErrorMessage": "cleaning up: " + secrets[0],
		})
	},
	"their own keys": func(w http.ResponseWriter, secrets []string, _ string) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "x", "token": secretToken, "apiKey": secretKey, "password": secretNumber, "content": secretFile,
			"userFiles": []any{map[string]any{"content": secretPassword}},
		})
	},
	"half a JSON": func(w http.ResponseWriter, secrets []string, body string) {
		quoted, _ := json.Marshal(secrets)
		_, _ = io.WriteString(w, `{"texts": `+string(quoted)+`, "sent": `+body)
	},
	"a broken body": func(w http.ResponseWriter, secrets []string, _ string) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = io.WriteString(w, `{"message": "`+secrets[0])
	},
}

func TestSecretsAreNeverTold(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *immuta.Client) ([]string, error){
		"create": func(ctx context.Context, c *immuta.Client) ([]string, error) {
			created, err := c.CreateSource(ctx, "snowflake", secretCreation("Orders", secretPassword))
			return created.Warnings, err
		},
		"replace": func(ctx context.Context, c *immuta.Client) ([]string, error) {
			return nil, c.ReplaceHandler(ctx, immuta.HandlerRef{Prefix: "snowflake", ID: 1}, secretMetadata(secretPassword), "")
		},
		"read": func(ctx context.Context, c *immuta.Client) ([]string, error) {
			_, err := c.Source(ctx, 1)
			return nil, err
		},
		"delete": func(ctx context.Context, c *immuta.Client) ([]string, error) {
			warning, err := c.DeleteSource(ctx, 1)
			return []string{warning}, err
		},
	}
	for i, status := range []int{200, 302, 401, 400, 404, 422, 500, 503} {
		form := forms[i%len(forms)]
		for how, say := range echoes {
			inParallel(t, fmt.Sprintf("%s %d %s", form, status, how), func(t *testing.T) {
				for name, call := range calls {
					log := &records{least: immuta.LevelTrace}
					client := connect(t, echo(status, say), log.logger, retries(1), func(c *immuta.Config) {
						c.APIKey, c.Authentication, c.Headers = secretKey, form, map[string]string{"X-Secret": secretHeader}
					})
					texts, err := call(t.Context(), client)
					if err != nil {
						texts = append(texts, printed(err)...)
					}
					if gone := name == "delete" && status == http.StatusNotFound; status != http.StatusOK && err == nil && !gone {
						t.Errorf("%s: a refusal is no error", name)
					}
					lines := log.lines()
					if !strings.Contains(strings.Join(lines, "\n"), "response_body=") {
						t.Errorf("%s: no body is logged", name)
					}
					wantNothingTold(t, append(texts, lines...)...)
				}
			})
		}
	}
}

// What is cut short in the middle of a secret does not tell the first half of it.
func TestSecretsThatAreCutShortAreNotTold(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"id": 1, "password": "hunter2-hun`, `{"sqlPassword" : "hunter2`, `{"userFiles": [{"content": "hunter2\"hun`,
		`{"id": {}, "TOKEN": "hunter2"`,
		`{"id": "x", "accessKeyId": "hunter2", "private_key": "hunter2"}`,
	} {
		for _, status := range []int{200, 400} {
			log := &records{least: immuta.LevelTrace}
			_, err := connect(t, refusal(status, nil, body), log.logger).Source(t.Context(), 1)
			if err == nil {
				t.Errorf("%s is read", body)
				continue
			}
			if told := strings.Join(append(log.lines(), err.Error()), "\n"); strings.Contains(told, "hunter2") || !strings.Contains(told, "***") {
				t.Errorf("%d %s is told as %s", status, body, told)
			}
		}
	}
}

// An excerpt is cut after the secrets are masked: otherwise half a secret would be left at its end.
func TestExcerptIsMaskedBeforeItIsCut(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400} {
		body := strings.Repeat("x", 195) + fake.DefaultAPIKey
		_, err := connect(t, refusal(status, nil, body)).Source(t.Context(), 1)
		if err == nil || strings.Contains(err.Error(), "xd") || !strings.Contains(err.Error(), "***") {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestMaskingLeavesTheRestReadable(t *testing.T) {
	t.Parallel()
	log := &records{least: immuta.LevelTrace}
	client := connect(t, replies(`{"dataSourceId": 12345678901234567890, "ok": true, "ratio": 1.50, "none": null, `+
		`"text": "a <b> & \"c\"", "passwords": [], "tokens": ["", 7]}`), log.logger)
	_, _ = client.CreateSource(t.Context(), "snowflake", creation("Orders"))
	lines := strings.Join(log.lines(), "\n")
	for _, want := range []string{
		`"dataSourceId":12345678901234567890`, `"ok":true`, `"ratio":1.50`, `"none":null`, `"text":"a <b> & \"c\""`, `"passwords":[]`,
		`"tokens":["","***"]`,
		`"hostname":"acme.snowflakecomputing.com"`, `"password":"***"`, `"userFiles":[]`,
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%s is missing in %s", want, lines)
		}
	}
}

// An API key that is part of another secret must not leave the rest of that readable.
func TestLongerSecretsAreMaskedFirst(t *testing.T) {
	t.Parallel()
	client := connect(t, refusal(400, nil, "refused: abc-rest-of-the-header, abc"), func(c *immuta.Config) {
		c.APIKey, c.Headers = "abc", map[string]string{"X-Secret": "abc-rest-of-the-header", "X-Empty": ""}
	})
	_, err := client.Source(t.Context(), 1)
	wantEqual(t, "the error", fmt.Sprint(err), "GET /dataSource/1: 400 Bad Request: refused: ***, ***")
}
