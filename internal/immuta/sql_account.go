package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const featureStorePath = "/dataSource/featureStore"

// SQLConnection is how Immuta's query engine is reached, and as whom.
type SQLConnection struct {
	Username Text
	Host     Text
	Port     Int
	Database Text
	SSLMode  Text
	// ConnectionString is not in every answer. That of a temporary account holds its password.
	ConnectionString Text
}

// UnmarshalJSON implements [json.Unmarshaler]. The same things have different names in different answers: user and sqlUser,
// sslmode and sslMode (M).
func (s *SQLConnection) UnmarshalJSON(b []byte) error {
	var out struct {
		User             Lenient[Text] `json:"user"`
		SQLUser          Lenient[Text] `json:"sqlUser"`
		Host             Lenient[Text] `json:"host"`
		Port             Lenient[Int]  `json:"port"`
		Database         Lenient[Text] `json:"database"`
		SSLMode          Lenient[Text] `json:"sslmode"` // in either case
		ConnectionString Lenient[Text] `json:"connectionString"`
	}
	if err := json.Unmarshal(b, &out); err != nil {
		return err
	}
	*s = SQLConnection{
		Username: out.User.Or(out.SQLUser).Get(), Host: out.Host.Get(), Port: out.Port.Get(), Database: out.Database.Get(),
		SSLMode: out.SSLMode.Get(), ConnectionString: out.ConnectionString.Get(),
	}
	return nil
}

// connectionAnswer is a connection that is there, if only without a user.
type connectionAnswer struct {
	SQLConnection
	answered bool
}

func (a *connectionAnswer) UnmarshalJSON(b []byte) error {
	var keys Metadata
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	a.answered = hasAny(keys, "user", "sqlUser", "host")
	return json.Unmarshal(b, &a.SQLConnection)
}

func (a *connectionAnswer) lacks() string {
	return unless(a.answered, "holds neither a user nor a host")
}

// SQLAccount reads the connection of the caller's own SQL account: GET /dataSource/featureStore (M). [IsNotFound] means that
// the caller has none, which is answered by a 404 or by an answer without a user (both L).
func (c *Client) SQLAccount(ctx context.Context) (*SQLConnection, error) {
	out, err := getOne[connectionAnswer](ctx, c, featureStorePath, nil)
	if err != nil {
		return nil, c.orUnknownRoute(ctx, 0, err)
	}
	if out.Username == "" {
		return nil, &AbsentError{Request: http.MethodGet + " " + featureStorePath, What: "SQL account"}
	}
	return &out.SQLConnection, nil
}

// SQLConnection reads how the query engine is reached: GET /dataSource/featureStore/connection, which answers everything that GET
// /dataSource/featureStore does and the connection string (M). A tenant without the first is asked for the second.
func (c *Client) SQLConnection(ctx context.Context) (SQLConnection, error) {
	out, err := get[one[connectionAnswer]](ctx, c, featureStorePath+"/connection", nil)
	if isBareNotFound(err) {
		out, err = get[one[connectionAnswer]](ctx, c, featureStorePath, nil)
	}
	return out.Value.SQLConnection, c.orUnknownRoute(ctx, 0, err)
}

// IsSQLUser tells whether two user names are the same account's. The engine is PostgreSQL, which may fold names (L).
func IsSQLUser(a, b string) bool { return strings.EqualFold(a, b) }

// CreateSQLAccount makes the caller's SQL account: POST /dataSource/featureStore (M). Each caller has one at most. An answer that
// does not say whether it worked is an [UnreadableError].
func (c *Client) CreateSQLAccount(ctx context.Context, username, password string) error {
	r := request{method: http.MethodPost, path: featureStorePath, body: map[string]string{"username": username, "password": password}}
	said, err := c.featureStore(ctx, r)
	if err == nil && !said {
		err = &UnreadableError{Request: r.String(), Reason: "it does not say whether it worked"}
	}
	return err
}

// ChangeSQLPassword sets the password of the caller's SQL account: PUT /dataSource/featureStore/password (M).
func (c *Client) ChangeSQLPassword(ctx context.Context, password string) error {
	r := request{method: http.MethodPut, path: featureStorePath + "/password", body: map[string]string{"password": password}}
	_, err := c.featureStore(ctx, r)
	return err
}

// featureStore sends a request whose answer says no more than whether it worked. It returns whether the answer did say that.
func (c *Client) featureStore(ctx context.Context, r request) (said bool, err error) {
	var out outcome
	if err := c.call(ctx, r, &out); err != nil {
		return false, c.orUnknownRoute(ctx, 0, err)
	}
	return out.Success.Or(out.Status).Value != nil, out.check(r)
}

func sqlAccountPath(username string) string {
	return featureStorePath + "/account/" + url.PathEscape(username)
}

// DeleteSQLAccount deletes the caller's SQL account: DELETE /dataSource/featureStore/account/{sqlUsername} (M).
func (c *Client) DeleteSQLAccount(ctx context.Context, username string) error {
	return c.deleteOnce(ctx, 0, sqlAccountPath(username), func(ctx context.Context, _ error) error {
		account, err := c.SQLAccount(ctx)
		if err == nil && !IsSQLUser(string(account.Username), username) {
			return &AbsentError{Request: http.MethodGet + " " + featureStorePath, What: "SQL account " + username}
		}
		return err
	})
}

// TemporaryAccount is what a temporary SQL account is wanted for. Zero fields are not sent.
type TemporaryAccount struct {
	ProjectID        int64  `json:"projectId,string,omitempty"` // a string (M); a number may do as well (L)
	AccountPrefix    string `json:"accountPrefix,omitempty"`
	ExpiresIn        int64  `json:"expiresIn,omitempty"` // minutes
	ForceDirectAudit bool   `json:"forceDirectAudit,omitempty"`
}

// Credentials are a SQL account with its password, which is answered this once.
type Credentials struct {
	SQLConnection
	Password string
}

type temporaryAnswer struct {
	Credentials
	outcome outcome
}

func (a *temporaryAnswer) lacks() string {
	declined := a.outcome.check(request{}) != nil
	return unless(declined || a.Username != "" && a.Password != "", "holds no user name or no password")
}

func (a *temporaryAnswer) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &a.outcome); err != nil {
		return err
	}
	a.Password = string(Lookup[Text](a.outcome.keys, "sqlPassword").Get())
	return json.Unmarshal(b, &a.SQLConnection)
}

// CreateTemporarySQLAccount makes an account that expires: POST /dataSource/featureStore/temporary (M).
func (c *Client) CreateTemporarySQLAccount(ctx context.Context, t TemporaryAccount) (*Credentials, error) {
	r := request{method: http.MethodPost, path: featureStorePath + "/temporary", body: t, confidential: true}
	var out one[temporaryAnswer]
	if err := c.call(ctx, r, &out); err != nil {
		return nil, c.orUnknownRoute(ctx, 0, err)
	}
	if err := out.Value.outcome.check(r); err != nil {
		return nil, err
	}
	c.secrets.add(out.Value.Password, string(out.Value.ConnectionString))
	return &out.Value.Credentials, nil
}

// DeleteTemporarySQLAccount deletes a temporary account. No call tells what became of one, so after a lost answer it is
// deleted once more: its name is its own, so that cannot hit another.
func (c *Client) DeleteTemporarySQLAccount(ctx context.Context, username string) error {
	r := request{method: http.MethodDelete, path: sqlAccountPath(username)}
	_, err := c.featureStore(ctx, r)
	if err != nil && IsUncertain(err) {
		var cancel context.CancelFunc
		ctx, cancel = LookupContext(ctx)
		defer cancel()
		_, err = c.featureStore(ctx, r)
	}
	if IsNotFound(err) {
		return nil
	}
	return err
}

// DeleteSQLAccountsOf deletes all SQL accounts of a user: DELETE /dataSource/featureStore/accounts/{profileId}/{userId} (M). The
// reference calls both of them the profile's id; the second is a string, and taken to be what the user is called where users log
// in (L). After a lost answer it is sent once more, because that leaves the user without accounts just the same.
func (c *Client) DeleteSQLAccountsOf(ctx context.Context, profileID int64, userID string) error {
	path := fmt.Sprintf("%s/accounts/%d/%s", featureStorePath, profileID, url.PathEscape(userID))
	r := request{method: http.MethodDelete, path: path}
	_, err := c.featureStore(ctx, r)
	if err != nil && IsUncertain(err) {
		var cancel context.CancelFunc
		ctx, cancel = LookupContext(ctx)
		defer cancel()
		_, err = c.featureStore(ctx, r)
	}
	return err
}
