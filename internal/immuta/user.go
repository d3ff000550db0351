package immuta

import (
	"context"
	"net/http"
)

// User is the profile that the API key belongs to.
type User struct {
	ID          int64
	Name        string
	Email       string
	Permissions []string
}

// CurrentUser asks who the caller is, once per client: GET /bim/rpc/user/current. That the answer has profile.id is
// seen in a working client (H); where name, email and permissions stand is a guess (L), so several places are tried.
func (c *Client) CurrentUser(ctx context.Context) (User, error) {
	r := whoAmI()
	return c.caller.get(ctx, r, func(ctx context.Context) (User, error) { return c.askCurrentUser(ctx, r) })
}

func whoAmI() request { return request{method: http.MethodGet, path: "/bim/rpc/user/current"} }

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
