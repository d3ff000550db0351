package immuta

import (
	"context"
	"net/http"
	"sync"
)

// Authentication is how the API key is presented. All three forms are seen in working clients (H).
type Authentication string

// The forms of authentication.
const (
	// APIKey sends the raw key.
	APIKey Authentication = "api_key"
	// Bearer sends "Bearer <key>".
	Bearer Authentication = "bearer"
	// Token exchanges the key for a session token, which is renewed when the tenant no longer takes it.
	Token Authentication = "token"
)

// session holds the credential of a client.
type session struct {
	kind Authentication
	key  string

	mu        sync.Mutex
	token     string
	exchanges flights[string]
}

func (s *session) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

func (s *session) renew(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// drop forgets the token that credential was made of, unless another caller has renewed it already.
func (s *session) drop(credential string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bearer(s.token) == credential {
		s.token = ""
	}
}

// credential is the value of the Authorization header.
func (c *Client) credential(ctx context.Context) (string, error) {
	switch c.session.kind {
	case Bearer:
		return bearer(c.session.key), nil
	case Token:
		token, err := c.SessionToken(ctx)
		return bearer(token), err
	default:
		return c.session.key, nil
	}
}

func bearer(token string) string { return "Bearer " + token }

// SessionToken returns the session token that the API key is worth, exchanging it first if there is none:
// POST /bim/apikey/authenticate {"apikey"} answers {"token"} (H). One exchange serves all callers.
func (c *Client) SessionToken(ctx context.Context) (string, error) {
	if token := c.session.current(); token != "" {
		return token, nil
	}
	r := request{
		method: http.MethodPost, path: "/bim/apikey/authenticate",
		body:       map[string]string{"apikey": c.session.key},
		repeatable: true, anonymous: true,
	}
	token, err := c.session.exchanges.do(ctx, "", func(ctx context.Context) (string, error) {
		// An exchange that this caller just missed leaves nothing to do.
		if token := c.session.current(); token != "" {
			return token, nil
		}
		var out struct {
			Token string `json:"token"`
		}
		if err := c.call(ctx, r, &out); err != nil {
			return "", err
		}
		if out.Token == "" {
			return "", &UnreadableError{Request: r.String(), Reason: "it holds no token"}
		}
		c.secrets.add(out.Token)
		c.session.renew(out.Token)
		return out.Token, nil
	})
	return token, withCause(ctx, r, err)
}
