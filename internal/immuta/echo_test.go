package immuta_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// What a client sends as secrets here, besides those in log_test.go.
const (
	secretPassword = `p@ss"wörd<&>/+=%\ 42`
	secretRotation = `Rot/ated&"word>+42é`
	secretPhrase   = "correct horse battery staple"
	secretEngine   = "engine-Pa55/word"
	secretOption   = "0ption-Pa55word"
	secretNumber   = 918273645546372
	secretNested   = "deep-down-below"
)

// secretFile is a key in PEM, the way that a user file's content is sent.
var secretFile = base64.StdEncoding.EncodeToString([]byte(privateKey()))

func privateKey() string {
	lines := []string{"-----BEGIN PRIVATE KEY-----"}
	for i := range 8 {
		sum := sha256.Sum256([]byte{byte(i)})
		lines = append(lines, base64.StdEncoding.EncodeToString(append(sum[:], sum[:16]...)))
	}
	return strings.Join(append(lines, "-----END PRIVATE KEY-----", ""), "\n")
}

// everySecret is all that nobody may be told.
var everySecret = []string{
	secretKey, secretHeader, secretPassword, secretRotation, secretPhrase, secretEngine, secretOption, secretFile, privateKey(),
	secretNested, fmt.Sprint(secretNumber),
}

// wantNothingTold fails when a part of a secret can be read out of a text.
func wantNothingTold(t *testing.T, texts ...string) {
	t.Helper()
	slices.Sort(texts)
	for _, text := range slices.Compact(texts) {
		if part := immuta.Leaked(text, append(everySecret, secretToken)...); part != "" {
			t.Errorf("%q can be read in %q", part, text)
			return
		}
	}
}

// printed is an error in every way that it may be printed.
func printed(err error) []string {
	texts := []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)}
	if e, ok := errors.AsType[*immuta.Error](err); ok {
		texts = append(texts, fmt.Sprintf("%+v", *e))
	}
	if e, ok := errors.AsType[*immuta.NoAnswerError](err); ok {
		texts = append(texts, fmt.Sprintf("%+v %+v", *e, e.Err))
	}
	if e, ok := errors.AsType[*immuta.UnreadableError](err); ok {
		texts = append(texts, fmt.Sprintf("%+v", *e))
	}
	if e, ok := errors.AsType[*immuta.WrongObjectError](err); ok {
		texts = append(texts, fmt.Sprintf("%+v", *e))
	}
	return texts
}

// confide tells a tenant every secret, and returns the source that was made meanwhile.
func confide(t *testing.T, client *immuta.Client) (id int64) {
	t.Helper()
	ctx, body := t.Context(), secretCreation("Orders", secretPassword)
	created, err := client.CreateSource(ctx, "snowflake", body)
	wantNoError(t, err)
	handler := immuta.HandlerRef{Prefix: "snowflake", ID: created.HandlerID}
	wantNoError(t, client.ReplaceHandler(ctx, handler, secretMetadata(secretRotation), ""))
	wantNoError(t, client.CreateSQLAccount(ctx, "ada", secretEngine))
	return created.DataSourceID
}

func metadataOf(creation map[string]any) map[string]any {
	return creation["handler"].(map[string]any)["metadata"].(map[string]any) //nolint:forcetypeassert // as it is made
}

func secretMetadata(password string) immuta.Metadata {
	m := immuta.Metadata{}
	for key, value := range metadataOf(secretCreation("Orders", password)) {
		m.Set(key, value)
	}
	return m
}

func secretCreation(name, password string) map[string]any {
	body := creation(name)
	m := metadataOf(body)
	m["password"], m["passphrase"], m["pwd"], m["table"] = password, secretPhrase, secretPhrase, name
	m["connectionStringOptions"] = "Role=ANALYST;PWD={" + secretOption + "};ssl=true"
	m["clientSecret"] = []any{secretNumber, map[string]any{"nested": secretNested}}
	m["userFiles"] = []any{map[string]any{"keyName": "PRIV_KEY_FILE", "content": secretFile, "userFilename": "key.p8"}}
	return body
}

// later is what a client does when the tenant knows its secrets, with a status to refuse it with.
var later = []struct {
	status int
	call   func(ctx context.Context, c *immuta.Client, id int64) error
}{
	{400, func(ctx context.Context, c *immuta.Client, id int64) error { _, err := c.Source(ctx, id+1); return err }},
	{403, func(ctx context.Context, c *immuta.Client, _ int64) error {
		_, err := c.FindSources(ctx, immuta.Search{}, 0)
		return err
	}},
	{404, func(ctx context.Context, c *immuta.Client, _ int64) error {
		_, err := c.SourceByName(ctx, "Patients")
		return err
	}},
	{422, func(ctx context.Context, c *immuta.Client, id int64) error {
		_, err := c.UpdateSource(ctx, id, immuta.Settings{"description": "d"})
		return err
	}},
	{500, func(ctx context.Context, c *immuta.Client, id int64) error {
		_, err := c.DeleteSource(ctx, id)
		return err
	}},
	{503, func(ctx context.Context, c *immuta.Client, id int64) error {
		_, err := c.Dictionary(ctx, id)
		return err
	}},
	{302, func(ctx context.Context, c *immuta.Client, _ int64) error { _, err := c.SQLAccount(ctx); return err }},
	{401, func(ctx context.Context, c *immuta.Client, _ int64) error { _, err := c.CurrentUser(ctx); return err }},
}

func TestNoEchoOfASecretIsShown(t *testing.T) {
	t.Parallel()
	for i, echo := range fake.Echoes() {
		form := forms[i%len(forms)]
		inParallel(t, echo.Name+"/"+string(form), func(t *testing.T) {
			tenant, log := fake.New(fake.WithAPIKey(secretKey), fake.WithMetadataKeys("passphrase", "pwd", "clientSecret")),
				&records{least: immuta.LevelTrace}
			client := connect(t, tenant, log.logger, retries(1), func(c *immuta.Config) {
				c.APIKey, c.Authentication, c.Headers = secretKey, form, map[string]string{"X-Secret": secretHeader}
			})
			id := confide(t, client)
			var shown []string
			for _, l := range later {
				tenant.Fault(fake.Fault{Status: l.status, Times: fake.Always, Echo: &echo,
					Header: http.Header{"Location": {echo.Form(secretPassword)}}})
				err := l.call(t.Context(), client, id)
				if err == nil {
					t.Fatalf("a refusal with %d is no error", l.status)
				}
				shown = append(shown, printed(err)...)
				tenant.ClearFaults()
				client.LetThrough()
			}
			_, err := client.Source(t.Context(), id) // with a new session, if need be
			wantNoError(t, err)
			shown = append(shown, toldOtherwise(t, tenant, client, id, echo)...)
			if told := strings.Join(shown, "\n"); strings.Count(told, "***") < 20 {
				t.Errorf("hardly anything was told: %s", told)
			}
			wantNothingTold(t, append(shown, log.lines()...)...)
		})
	}
}

// toldOtherwise is what is shown of echoes in other places than the message of a refusal.
func toldOtherwise(t *testing.T, tenant *fake.Tenant, client *immuta.Client, id int64, echo fake.Echo) (shown []string) {
	t.Helper()
	var told []string
	for _, secret := range everySecret {
		told = append(told, echo.Form(secret))
	}
	all, ctx := strings.Join(told, "\n"), t.Context()
	answer := func(status int, value any) {
		body, err := json.Marshal(value)
		wantNoError(t, err)
		tenant.Fault(fake.Fault{Status: status, Body: string(body)})
	}
	fails := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("no error")
			return
		}
		shown = append(shown, printed(err)...)
	}
	source := func() error { _, err := client.Source(ctx, id); return err }

	answer(422, map[string]any{"message": "no", "validation": []any{map[string]any{"code": all, "path": all, "message": all}}})
	fails(source())
	answer(400, map[string]any{"reason": all, "password": told[0]})
	fails(source())
	tenant.Fault(fake.Fault{Status: 400, Body: "<html>" + all})
	fails(source())
	tenant.Fault(fake.Fault{Times: 2, Status: 200, Body: "OK " + all})
	fails(source())
	answer(200, map[string]any{"id": id, "name": all})
	_, err := client.SourceByName(ctx, "Patients")
	fails(err)
	answer(200, map[string]any{"id": id + 1, "dataSourceId": id + 1, "handlerDeleteErrorMessage": all, "hardDelete": true})
	warning, err := client.DeleteSource(ctx, id+1)
	wantNoError(t, err)
	shown = append(shown, warning)

	tenant.FailJob(int(id), all)
	_, err = client.DisableSource(ctx, id)
	fails(err)
	tenant.Configure(fake.WithWarnings(all))
	created, err := client.CreateSource(ctx, "snowflake", secretCreation("Other", secretPassword))
	wantNoError(t, err)
	return append(shown, created.Warnings...)
}

// Go's transport quotes lines of headers, of requests and of answers.
func TestNoFailedExchangeTellsASecret(t *testing.T) {
	t.Parallel()
	const key, header = "imm-9f8e7d6c5b4a39281706", "x-secret-0123456789"
	hangUp := func(answer string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = conn.Write([]byte(answer))
			_ = conn.Close()
		})
	}
	adjust := func(c *immuta.Config) { c.APIKey, c.Headers = key, map[string]string{"X-Secret": header} }
	for name, answer := range map[string]string{
		"a status line": "HTTP/1.1 2x0 " + key + "\r\n\r\n", "no HTTP": "Authorization: " + key + "\r\n\r\n",
		"a header line":   "HTTP/1.1 200 OK\r\nX-Secret " + header + "\r\n\r\n",
		"an encoding":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + key + "\r\n\r\n",
		"a length":        "HTTP/1.1 200 OK\r\nContent-Length: " + key + "\r\n\r\n",
		"a broken answer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + key + "\r\n",
	} {
		inParallel(t, name, func(t *testing.T) {
			log := &records{least: immuta.LevelTrace}
			_, err := serve(t, hangUp(answer), adjust, retries(0), log.logger).Source(t.Context(), 1)
			_ = wantAs[*immuta.NoAnswerError](t, err)
			for _, text := range append(printed(err), log.lines()...) {
				if strings.Contains(text, key[4:]) || strings.Contains(text, header[2:]) {
					t.Errorf("%s is told", text)
				}
			}
		})
	}
	cause := errors.New("proxy says: Authorization: " + key + "\x1b[31m, X-Secret=" + header + strings.Repeat(" and so on", 1000))
	for name, err := range map[string]error{
		"proxy": &net.OpError{Op: "proxyconnect", Net: "tcp", Err: cause}, "TLS": fmt.Errorf("tls: %w", cause), "other": cause,
	} {
		inParallel(t, name, func(t *testing.T) {
			client := through(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, err }), adjust, retries(0))
			_, got := client.Source(t.Context(), 1)
			e := wantAs[*immuta.NoAnswerError](t, got)
			for _, text := range printed(got) {
				if strings.Contains(text, key[4:]) || strings.Contains(text, header[2:]) || strings.Contains(text, "\x1b") {
					t.Errorf("%s is told", text)
				}
			}
			if !strings.Contains(got.Error(), `Authorization: ***\x1b[31m, X-Secret=*** and so on`) || len(got.Error()) > 2500 {
				t.Errorf("got %s", got)
			}
			// Whoever asks by type is answered all the same.
			if !errors.Is(got, cause) || e.NotSent != (name == "proxy") {
				t.Errorf("%#v", e)
			}
		})
	}
}

// What stands under a key that says so, or among the options of a connection, is a secret whatever the answer is.
func TestSecretsOfMetadataAreInNoLog(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, value, secret string }{
		"passphrase":        {"passphrase", "open sesame", "open sesame"},
		"pwd":               {"pwd", "Swordfish", "Swordfish"},
		"private key":       {"sslPrivateKey", "Swordfish", "Swordfish"},
		"options":           {"connectionStringOptions", "Role=X;PWD=Swordfish", "Swordfish"},
		"options, first":    {"connectionStringOptions", "pwd=Swordfish;Role=X", "Swordfish"},
		"options, spaced":   {"connectionStringOptions", "Role = X; PWD = Swordfish ;", "Swordfish"},
		"options in braces": {"connectionStringOptions", "PWD={Sword;fish 7};Role=X", "Sword;fish 7"},
		"options in quotes": {"connectionStringOptions", `PWD="Sword;fish 7";Role=X`, "Sword;fish 7"},
		"options, apostrophes": {
			"connectionStringOptions", `oauthToken='Sword;fish 7';Role=X`, "Sword;fish 7",
		},
	} {
		inParallel(t, name, func(t *testing.T) {
			log := &records{least: immuta.LevelTrace}
			body := creation("Orders")
			metadataOf(body)[test.key] = test.value
			client := connect(t, refusal(400, nil, `{"message": "The remote refused `+test.secret+`."}`), log.logger)
			_, err := client.CreateSource(t.Context(), "snowflake", body)
			told := strings.Join(append(log.lines(), err.Error()), "\n")
			if tail := test.secret[len(test.secret)-5:]; strings.Contains(told, test.secret) || strings.Contains(told, tail) {
				t.Errorf("%q is told: %s", test.secret, told)
			}
			if !strings.Contains(err.Error(), "refused ***.") || test.key == "connectionStringOptions" && !strings.Contains(told, "Role") {
				t.Errorf("too much is masked: %s", told)
			}
		})
	}
	// The conditions of a query are no options.
	body := creation("Orders")
	metadataOf(body)["query"] = "SELECT * FROM t WHERE token = region"
	_, err := connect(t, refusal(400, nil, `{"message": "unknown region"}`)).CreateSource(t.Context(), "snowflake", body)
	wantSaid(t, err, "unknown region")
}

// Secrets that are words of Immuta's own make its messages hard to read, but are not in the way of what follows from them.
func TestSecretsDoNotHideWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"e", "already", "exists", "already exists", "unique", "Not Found", "404", "dataSourceId", "name"} {
		inParallel(t, secret, func(t *testing.T) {
			with := func(c *immuta.Config) { c.Headers = map[string]string{"X-Secret": secret} }
			tenant, client := startWith(t, []fake.Option{fake.Without(fake.Comments), fake.WithSubscribeByQuery()}, with)
			id := int64(tenant.AddSource(fake.SourceSpec{Name: "Orders"}))
			_, err := client.CreateSource(t.Context(), "snowflake", creation("Orders"))
			e, ok := errors.AsType[*immuta.Error](err)
			if !ok || !immuta.IsTaken(err) || !e.Says("Already exists") || len(e.Validation) != 1 || e.Validation[0].Key() != "name" {
				t.Errorf("a name that is taken: %#v", err)
			}
			if slices.Contains([]string{"already", "exists", "already exists"}, secret) && strings.Contains(err.Error(), secret) {
				t.Errorf("the secret is told: %v", err)
			}
			if _, err := client.Comment(t.Context(), id, 1); !immuta.IsMissingRoute(err) {
				t.Errorf("a route that is missing: %v", err)
			}
			if _, err := client.Source(t.Context(), 1); !immuta.IsNotFound(err) {
				t.Errorf("a source that is missing: %v", err)
			}
			for _, body := range []string{
				"The name already exists.", `{"errors": [{"detail": "It already exists."}]}`, `{"message": "", "error": "already exists"}`,
			} {
				_, err := connect(t, refusal(409, nil, body), with).CreateSource(t.Context(), "snowflake", creation("Orders"))
				if !immuta.IsTaken(err) {
					t.Errorf("%s: %v", body, err)
				}
			}
		})
	}
}

func TestLogsHaveNoControlCharacters(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"OK " + hostileText, `{"id": 1, "name": ` + string(quoted(hostileText)) + `}`} {
		log := &records{least: immuta.LevelTrace}
		_, _ = connect(t, replies(body), log.logger, retries(0)).Source(t.Context(), 1)
		lines := strings.Join(log.lines(), "\n")
		wantPlain(t, lines)
		if !strings.Contains(lines, "[31m") {
			t.Errorf("no body is logged: %s", lines)
		}
	}
}

func quoted(text string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return bytes.TrimSpace(b.Bytes())
}
