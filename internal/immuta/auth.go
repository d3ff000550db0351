package immuta

import (
	"context"
	"net/http"
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

// credential is the value of the Authorization header.
func (c *Client) credential(ctx context.Context) (string, error) {
	switch c.config.Authentication {
	case Bearer:
		return bearer(c.config.APIKey), nil
	case Token:
		token, err := c.SessionToken(ctx)
		return bearer(token), err
	default:
		return c.config.APIKey, nil
	}
}

func bearer(token string) string { return "Bearer " + token }

// SessionToken returns the session token that the API key is worth, exchanging it first if there is none:
// POST /bim/apikey/authenticate {"apikey"} answers {"token"} (H). One exchange serves all callers.
func (c *Client) SessionToken(ctx context.Context) (string, error) {
	r := request{
		method: http.MethodPost, path: "/bim/apikey/authenticate",
		body:       map[string]string{"apikey": c.config.APIKey},
		repeatable: true, anonymous: true,
	}
	return c.token.get(ctx, r, func(ctx context.Context) (string, error) {
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
		return out.Token, nil
	})
}
