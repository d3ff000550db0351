package fake

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The user that every tenant has from the start.
const (
	DefaultProfileID = firstProfileID
	DefaultAPIKey    = "demo-key"
	defaultUserName  = "Ada Byron"
)

// Permissions that Immuta's calls ask for. A governor may manage every source.
const (
	CreateDataSource   = "CREATE_DATA_SOURCE"
	CreateS3DataSource = "CREATE_S3_DATASOURCE"
	Governance         = "GOVERNANCE"
)

type user struct {
	profileID   int
	name        string
	apiKey      string
	permissions map[string]bool
	since       time.Time
}

func (u *user) iamUserID() string {
	return strings.ToLower(strings.ReplaceAll(u.name, " ", ".")) + "@example.com"
}

const sessionLifetime = time.Hour // by the tenant's clock

// A session is what an API key was exchanged for.
type session struct {
	user    *user
	expires time.Time
}

func userNoun() noun {
	exchange := post("/bim/apikey/authenticate", keys{"apikey": text}, exchangeKey)
	exchange.auth = anyone
	return noun{routes: []route{get("/bim/rpc/user/current", currentUser), exchange}}
}

// AddUser adds a user and returns the profile's id and an API key. Without permissions the user has all of them.
func (t *Tenant) AddUser(name string, permissions ...string) (profileID int, apiKey string) {
	defer t.lock()()
	u := user{name: name}
	for _, permission := range permissions {
		if u.permissions == nil {
			u.permissions = map[string]bool{}
		}
		u.permissions[permission] = true
	}
	added := t.addUser(u)
	return added.profileID, added.apiKey
}

// addUser adds a user, who has all permissions if they are nil.
func (t *Tenant) addUser(u user) *user {
	u.profileID = t.profileIDs.take()
	u.since = t.clock.now
	if u.apiKey == "" {
		u.apiKey = fmt.Sprintf("demo-key-of-%d", u.profileID)
	}
	if u.permissions == nil {
		u.permissions = map[string]bool{CreateDataSource: true, CreateS3DataSource: true, Governance: true}
	}
	t.users = append(t.users, &u)
	return &u
}

// ExpireSessions ends every session that an API key was exchanged for.
func (t *Tenant) ExpireSessions() {
	defer t.lock()()
	clear(t.sessions)
}

// RevokeKey makes an API key worthless, and ends its user's sessions.
func (t *Tenant) RevokeKey(apiKey string) {
	defer t.lock()()
	for _, u := range t.users {
		if u.apiKey == apiKey {
			u.apiKey = ""
			maps.DeleteFunc(t.sessions, func(_ string, s *session) bool { return s.user == u })
		}
	}
}

func (t *Tenant) userByProfile(id int) *user {
	return find(t.users, func(u *user) bool { return u.profileID == id })
}

func (t *Tenant) userByName(name string) *user {
	return find(t.users, func(u *user) bool { return u.name == name })
}

func (t *Tenant) userByKey(key string) *user {
	return find(t.users, func(u *user) bool { return key != "" && u.apiKey == key })
}

// authenticate takes an API key or a session token, raw or as a bearer.
func (t *Tenant) authenticate(r *http.Request) (*user, error) {
	secret := bearer(r.Header)
	if u := t.userByKey(secret); u != nil {
		return u, nil
	}
	if s := t.sessions[secret]; s != nil && t.clock.now.Before(s.expires) {
		return s.user, nil
	}
	return nil, fail(http.StatusUnauthorized, "A valid Authorization token must be provided.")
}

// bearer is what a request authenticates itself with, without the scheme.
func bearer(header http.Header) string {
	secret := header.Get("Authorization")
	if scheme, rest, found := strings.Cut(secret, " "); found && strings.EqualFold(scheme, "Bearer") {
		return rest
	}
	return secret
}

// anyone lets a request through without looking at who sent it.
func anyone(*Tenant, *http.Request) (*user, error) { return nil, nil }

func exchangeKey(c *call) (any, error) {
	u := c.t.userByKey(textAt(c.object(), "apikey"))
	if u == nil {
		return nil, fail(http.StatusUnauthorized, "Invalid API key.")
	}
	token := fmt.Sprintf("session-%d-of-%d", c.t.sessionIDs.take(), u.profileID)
	s := &session{user: u, expires: c.t.clock.now.Add(sessionLifetime)}
	c.t.sessions[token] = s
	return object{"token": token, "authenticated": true, "tokenExpiration": s.expires.Format(timestamp)}, nil
}

func currentUser(c *call) (any, error) {
	u := c.caller
	return object{
		"iamid":  "bim",
		"userid": u.iamUserID(),
		"profile": object{
			"id": u.profileID, "name": u.name, "email": u.iamUserID(), "phone": nil, "about": nil,
			"createdAt": u.since.Format(timestamp), "updatedAt": u.since.Format(timestamp),
		},
		"permissions":    orEmpty(slices.Sorted(maps.Keys(u.permissions))),
		"groups":         []any{},
		"authorizations": object{},
		"currentProject": nil,
	}, nil
}

// person is a profile as other answers name it; null when there is nobody in particular.
func (t *Tenant) person(profileID int) any {
	if profileID == 0 {
		return nil
	}
	if u := t.userByProfile(profileID); u != nil {
		return object{"id": profileID, "name": u.name, "email": u.iamUserID()}
	}
	return object{"id": profileID, "name": nil, "email": nil}
}
