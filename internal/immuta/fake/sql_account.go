package fake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// A SQLAccount is an account of the query engine.
type SQLAccount struct {
	Username  string
	Password  string
	ProfileID int

	// The rest is of temporary accounts.
	Temporary        bool
	Expires          time.Time
	ProjectID        string
	ForceDirectAudit bool
}

type sqlAccountState struct {
	byName   map[string]*SQLAccount
	ids      counter
	disabled bool // the engine
	silent   bool // no account is 404
}

var sqlAccounts = &slot[sqlAccountState]{fresh: func() *sqlAccountState {
	return &sqlAccountState{byName: map[string]*SQLAccount{}, ids: counter{next: 1}}
}}

// What every connection to the query engine has.
const (
	engineHost     = "query.acme.example.com"
	enginePort     = 5432
	engineDatabase = "immuta"
	engineSSLMode  = "require"
)

func sqlAccountNoun() noun {
	const root = "/dataSource/featureStore"
	body := keys{"username": required{text}, "password": required{text}}
	temporary := keys{"projectId": text, "accountPrefix": text, "expiresIn": integer, "forceDirectAudit": boolean}
	routes := SQLAccounts.of(
		get(root, on((*call).sqlUser, sqlParameters)),
		get(root+"/connection", on((*call).sqlUser, sqlConnection)),
		post(root, body, createSQLAccount),
		put(root+"/password", keys{"password": required{text}}, changeSQLPassword),
		post(root+"/temporary", temporary, createTemporaryAccount),
		del(root+"/account/{username}", deleteSQLAccount),
		del(root+"/accounts/{profileId}/{userId}", deleteSQLAccountsOf),
	)
	for i := range routes {
		routes[i].serve = engineOn(routes[i].serve)
	}
	return noun{routes: routes}
}

// WithoutQueryEngine refuses everything about SQL accounts, as tenants do whose query engine is turned off.
func WithoutQueryEngine() Option {
	return func(t *Tenant) { sqlAccounts.of(t).disabled = true }
}

// WithSQLAccountNotFound answers 404 to who asks for a connection without having a SQL account, where the default is an
// answer without a user.
func WithSQLAccountNotFound() Option {
	return func(t *Tenant) { sqlAccounts.of(t).silent = true }
}

// SQLAccounts is a copy of every SQL account that has not expired, by name.
func (t *Tenant) SQLAccounts() map[string]SQLAccount {
	defer t.lock()()
	t.expireSQLAccounts()
	copies := map[string]SQLAccount{}
	for name, account := range sqlAccounts.of(t).byName {
		copies[name] = *account
	}
	return copies
}

// SetSQLAccount adds or replaces a SQL account behind the API's back. Without a profile it is the default user's.
func (t *Tenant) SetSQLAccount(account SQLAccount) {
	defer t.lock()()
	account.ProfileID = cmp.Or(account.ProfileID, DefaultProfileID)
	sqlAccounts.of(t).byName[account.Username] = &account
}

// RemoveSQLAccount deletes a SQL account behind the API's back.
func (t *Tenant) RemoveSQLAccount(username string) {
	defer t.lock()()
	delete(sqlAccounts.of(t).byName, username)
}

func (t *Tenant) expireSQLAccounts() {
	maps.DeleteFunc(sqlAccounts.of(t).byName, func(_ string, a *SQLAccount) bool { return a.Temporary && !t.clock.now.Before(a.Expires) })
}

// engineOn refuses a call while the query engine is off.
func engineOn(serve service) service {
	return func(c *call) (any, error) {
		if sqlAccounts.of(c.t).disabled {
			return nil, badRequest("The query engine is disabled.")
		}
		c.t.expireSQLAccounts()
		return serve(c)
	}
}

// sqlAccount is the caller's own account; nil when there is none.
func (c *call) sqlAccount() *SQLAccount {
	for _, account := range sqlAccounts.of(c.t).byName {
		if account.ProfileID == c.caller.profileID && !account.Temporary {
			return account
		}
	}
	return nil
}

func (c *call) sqlUser() (any, error) {
	if account := c.sqlAccount(); account != nil {
		return account.Username, nil
	}
	if sqlAccounts.of(c.t).silent {
		return nil, notFound("SQL account not found.")
	}
	return nil, nil
}

func sqlParameters(_ *call, user any) (any, error) {
	return object{"host": engineHost, "port": enginePort, "database": engineDatabase, "user": user, "sslmode": engineSSLMode}, nil
}

func sqlConnection(_ *call, user any) (any, error) {
	answer := object{
		"host": engineHost, "port": enginePort, "database": engineDatabase, "sqlUser": user, "sslMode": engineSSLMode, "connectionString": nil,
	}
	if name, ok := user.(string); ok {
		answer["connectionString"] = connectionURL(name, "")
	}
	return answer, nil
}

func connectionURL(username, password string) string {
	if password != "" {
		username += ":" + password
	}
	return fmt.Sprintf("postgresql://%s@%s:%d/%s?sslmode=%s", username, engineHost, enginePort, engineDatabase, engineSSLMode)
}

func createSQLAccount(c *call) (any, error) {
	body := c.object()
	if c.sqlAccount() != nil {
		return nil, badRequest("The user already has a SQL account.")
	}
	name := textAt(body, "username")
	if sqlAccounts.of(c.t).byName[name] != nil {
		return nil, notUnique("SQL account", "username", name)
	}
	sqlAccounts.of(c.t).byName[name] = &SQLAccount{Username: name, Password: textAt(body, "password"), ProfileID: c.caller.profileID}
	return object{"status": true}, nil
}

func changeSQLPassword(c *call) (any, error) {
	account := c.sqlAccount()
	if account == nil {
		return nil, notFound("SQL account not found.")
	}
	account.Password = textAt(c.object(), "password")
	return object{"success": true, "sqlUser": account.Username}, nil
}

// createTemporaryAccount answers a password this once.
func createTemporaryAccount(c *call) (any, error) {
	const shortest, standard = 1, 24 * 60
	state, body := sqlAccounts.of(c.t), c.object()
	minutes := standard
	if _, ok := body["expiresIn"].(float64); ok {
		minutes = intAt(body, "expiresIn")
	}
	if minutes < shortest {
		return nil, badRequest(`Invalid request: "expiresIn" must be at least %d`, shortest)
	}
	number := state.ids.take()
	account := &SQLAccount{
		Username: fmt.Sprintf("%s_%d", cmp.Or(textAt(body, "accountPrefix"), "temp"), number), Password: fmt.Sprintf("once-%d/told&kept", number),
		ProfileID: c.caller.profileID, Temporary: true, Expires: c.t.clock.now.Add(time.Duration(minutes) * time.Minute),
		ProjectID: textAt(body, "projectId"), ForceDirectAudit: boolAt(body, "forceDirectAudit"),
	}
	state.byName[account.Username] = account
	return object{
		"success": true, "sqlUser": account.Username, "sqlPassword": account.Password, "host": engineHost, "port": enginePort,
		"database": engineDatabase, "sslMode": engineSSLMode, "connectionString": connectionURL(account.Username, account.Password),
	}, nil
}

func deleteSQLAccount(c *call) (any, error) {
	account := sqlAccounts.of(c.t).byName[c.path["username"]]
	if account == nil {
		return nil, notFound("SQL account not found.")
	}
	if account.ProfileID != c.caller.profileID && !c.caller.permissions[Governance] {
		return nil, forbidden("This is another user's SQL account.")
	}
	delete(sqlAccounts.of(c.t).byName, account.Username)
	return object{"status": true}, nil
}

// deleteSQLAccountsOf wants the profile and the user to be the same person.
func deleteSQLAccountsOf(c *call) (any, error) {
	id, err := c.id("profileId")
	if err != nil {
		return nil, err
	}
	u := c.t.userByProfile(id)
	if u == nil || !slices.Contains([]string{u.iamUserID(), strconv.Itoa(id)}, c.path["userId"]) {
		return nil, notFound("User not found.")
	}
	maps.DeleteFunc(sqlAccounts.of(c.t).byName, func(_ string, a *SQLAccount) bool { return a.ProfileID == id })
	return object{"status": true}, nil
}
