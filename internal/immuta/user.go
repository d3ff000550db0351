package immuta

import (
	"context"
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
	mu   sync.Mutex
	user *User
}

// CurrentUser asks who the caller is, once per client: GET /bim/rpc/user/current. That the answer has profile.id is
// seen in a working client (H); where name, email and permissions stand is a guess (L), so several places are tried.
func (c *Client) CurrentUser(ctx context.Context) (User, error) {
	c.caller.mu.Lock()
	defer c.caller.mu.Unlock()
	if c.caller.user != nil {
		return *c.caller.user, nil
	}
	type person struct {
		ID          Lenient[Int]      `json:"id"`
		Name        Lenient[string]   `json:"name"`
		Email       Lenient[string]   `json:"email"`
		Permissions Lenient[[]string] `json:"permissions"`
	}
	var out struct {
		person
		Profile Lenient[person] `json:"profile"`
	}
	const path = "/bim/rpc/user/current"
	if err := c.get(ctx, path, nil, &out); err != nil {
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
		return User{}, &UnreadableError{Request: "GET " + path, Reason: "it holds no profile id"}
	}
	c.caller.user = &user
	return user, nil
}
