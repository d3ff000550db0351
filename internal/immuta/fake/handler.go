package fake

import (
	"fmt"
	"maps"
	"time"
)

// A handler is the half of a source that its technology knows about.
type handler struct {
	id        int
	sourceID  int
	tech      *Technology
	metadata  object // without secrets, columns and what is computed
	secrets   Secrets
	table     string // what the source stands for on the remote, see kind.table
	createdAt time.Time
	updatedAt time.Time

	highCardinality string
}

// Secrets is what a handler was given last and no answer ever shows.
type Secrets struct {
	Password  string
	UserFiles []UserFile
}

// A UserFile is a key or a certificate; its content is base64.
type UserFile struct {
	KeyName  string
	Content  string
	Filename string
}

// store replaces a handler's metadata.
func (t *Tenant) store(h *handler, metadata object) {
	metadata = maps.Clone(metadata)
	h.secrets = secretsIn(metadata)
	for _, key := range unstored {
		delete(metadata, key)
	}
	t.settings.fold(h.tech, metadata)
	h.metadata = metadata
	h.table = h.tech.behavior().table(metadata)
	h.updatedAt = t.clock.now
}

// unstored are the metadata keys that are kept elsewhere, or computed.
var unstored = []string{"password", "userFiles", "columns", "highCardinality", "columnsNormalized"}

func secretsIn(metadata object) Secrets {
	secrets := Secrets{Password: textAt(metadata, "password")}
	for _, file := range objectsAt(metadata, "userFiles") {
		secrets.UserFiles = append(secrets.UserFiles, UserFile{
			KeyName: textAt(file, "keyName"), Content: textAt(file, "content"), Filename: textAt(file, "userFilename"),
		})
	}
	return secrets
}

// Handler is a copy of a handler's metadata by the handler's id, as decoded from JSON: every number is a float64. Secrets,
// columns and computed keys are not in it.
func (t *Tenant) Handler(handlerID int) (map[string]any, bool) {
	defer t.lock()()
	h := t.handlers[handlerID]
	if h == nil {
		return nil, false
	}
	return plain[object](h.metadata), true
}

// Secrets is what a handler, by its id, was given last.
func (t *Tenant) Secrets(handlerID int) (Secrets, bool) {
	defer t.lock()()
	h := t.handlers[handlerID]
	if h == nil {
		return Secrets{}, false
	}
	return h.secrets, true
}

// UpdateHandler changes a handler's metadata behind the API's back, by the handler's id. It panics when there is none.
func (t *Tenant) UpdateHandler(handlerID int, change func(metadata map[string]any)) {
	defer t.lock()()
	h := must(t.handlers[handlerID], "handler %d", handlerID)
	change(h.metadata)
	h.metadata = plain[object](h.metadata)
	h.table = h.tech.behavior().table(h.metadata)
	h.updatedAt = t.clock.now
}

func (h *handler) connectionString() any { return h.tech.behavior().connectionString(h.metadata) }

func (h *handler) path() string { return fmt.Sprintf("/%s/handler/%d", h.tech.Prefix, h.id) }

// handlerOf finds the handler that the path names, if it is of this technology.
func handlerOf(tech *Technology) func(*call) (*handler, error) {
	return func(c *call) (*handler, error) {
		id, err := c.id("handlerId")
		if err != nil {
			return nil, err
		}
		h := c.t.handlers[id]
		if h == nil || h.tech.Prefix != tech.Prefix {
			return nil, notFound("Handler not found.")
		}
		return h, nil
	}
}

// managedHandlerOf is handlerOf for the source's owners and for governors.
func managedHandlerOf(tech *Technology) func(*call) (*handler, error) {
	return func(c *call) (*handler, error) {
		h, err := handlerOf(tech)(c)
		if err != nil {
			return nil, err
		}
		return h, c.mayManage(c.t.source(h.sourceID))
	}
}
