package fake

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A call is one request on its way through its route.
type call struct {
	t      *Tenant
	caller *user
	base   string // the tenant's own address, as the caller wrote it
	path   map[string]string
	query  url.Values
	body   any
}

// object is the request's body, or an empty object.
func (c *call) object() object {
	o, _ := c.body.(map[string]any)
	return o
}

// id is a path parameter that must be a number.
func (c *call) id(name string) (int, error) {
	id, err := strconv.Atoi(c.path[name])
	if err != nil {
		return 0, badRequest("%q must be a number", name)
	}
	return id, nil
}

// source is the source that the path names by the parameter "id".
func (c *call) source() (*Source, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if s := c.t.source(id); s != nil {
		return s, nil
	}
	return nil, notFound("Data source not found.")
}

// ownedSource is source for calls that need its owner or a governor.
func (c *call) ownedSource() (*Source, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	return s, c.mayManage(s)
}

func (c *call) mayManage(s *Source) error {
	if c.caller.permissions[Governance] || c.t.roleOf(s.ID, c.caller.profileID) == "owner" {
		return nil
	}
	return forbidden("User must have one of the following roles: owner,governance.")
}

func (c *call) number(name string, fallback int) int {
	if n, err := strconv.Atoi(c.query.Get(name)); err == nil {
		return n
	}
	return fallback
}

func (c *call) flag(name string) bool { return c.query.Get(name) == "true" }

// wants says whether a value passes the filter that a query parameter is; there is none if it was not sent.
func (c *call) wants(name, value string) bool {
	return !c.query.Has(name) || slices.ContainsFunc(c.query[name], func(wanted string) bool { return strings.EqualFold(wanted, value) })
}

// mentions says whether a text holds what searchText looks for.
func (c *call) mentions(value string) bool {
	return strings.Contains(strings.ToLower(value), strings.ToLower(c.query.Get("searchText")))
}

// A failure is a refusal, written the way hapi writes one.
type failure struct {
	status     int
	message    string
	validation []object
}

func (f *failure) Error() string { return f.message }

func (f *failure) body() []byte {
	body := object{"statusCode": f.status, "error": http.StatusText(f.status), "message": f.message}
	if f.validation != nil {
		body["validation"] = f.validation
	}
	return encode(body)
}

func fail(status int, format string, args ...any) error {
	return &failure{status: status, message: fmt.Sprintf(format, args...)}
}

// notUnique refuses a name that something of the kind has already.
func notUnique(kind, key, name string) error {
	return &failure{
		status:     http.StatusUnprocessableEntity,
		message:    fmt.Sprintf("A %s named %q already exists.", kind, name),
		validation: []object{{"code": "unique", "path": key, "message": key + " must be unique"}},
	}
}

func badRequest(format string, args ...any) error {
	return fail(http.StatusBadRequest, format, args...)
}

func notFound(format string, args ...any) error {
	return fail(http.StatusNotFound, format, args...)
}

func forbidden(format string, args ...any) error {
	return fail(http.StatusForbidden, format, args...)
}

func refuse(problems ...string) error {
	if len(problems) == 0 {
		return nil
	}
	return badRequest("Invalid request: %s", strings.Join(problems, ". "))
}
