package immuta

import (
	"context"
	"net/http"
	"sync"
)

// User is the profile that the API key belongs to.
type User struct {
	ID          int64
	Name        string
	Email       string
	Permissions []string
}

// caller remembers who the client acts as: that cannot change while the client lives.
type caller struct {
	mu     sync.Mutex
	user   *User
	asking flights[User]
}

func (c *caller) known() (User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == nil {
		return User{}, false
	}
	return *c.user, true
}

func (c *caller) remember(u User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.user = &u
}

// CurrentUser asks who the caller is, once per client: GET /bim/rpc/user/current. That the answer has profile.id is
// seen in a working client (H); where name, email and permissions stand is a guess (L), so several places are tried.
func (c *Client) CurrentUser(ctx context.Context) (User, error) {
	if user, ok := c.caller.known(); ok {
		return user, nil
	}
	r := request{method: http.MethodGet, path: "/bim/rpc/user/current"}
	user, err := c.caller.asking.do(ctx, "", func(ctx context.Context) (User, error) {
		if user, ok := c.caller.known(); ok {
			return user, nil
		}
		user, err := c.askCurrentUser(ctx, r)
		if err == nil {
			c.caller.remember(user)
		}
		return user, err
	})
	return user, withCause(ctx, r, err)
}

func (c *Client) askCurrentUser(ctx context.Context, r request) (User, error) {
	type person struct {
		ID          Lenient[Int]          `json:"id"`
		Name        Lenient[string]       `json:"name"`
		Email       Lenient[string]       `json:"email"`
		Permissions Lenient[many[string]] `json:"permissions"`
	}
	var out struct {
		person
		Profile Lenient[person] `json:"profile"`
	}
	if err := c.call(ctx, r, &out); err != nil {
		return User{}, err
	}
	profile := out.Profile.Get()
	user := User{
		ID:          int64(profile.ID.Get()),
		Name:        firstText(profile.Name.Get(), out.Name.Get()),
		Email:       firstText(profile.Email.Get(), out.Email.Get()),
		Permissions: out.Permissions.Or(profile.Permissions).Get(),
	}
	if user.ID == 0 {
		return User{}, &UnreadableError{Request: r.String(), Reason: "it holds no profile id"}
	}
	return user, nil
}
