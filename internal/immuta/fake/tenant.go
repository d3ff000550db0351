package fake

import "sync"

// Where each kind of id starts. The ranges lie far apart, so that an id of one kind can never pass for an id of another in
// a test by accident.
const (
	firstProfileID         = 17
	firstSourceID          = 100
	firstGroupID           = 40_000
	firstHandlerID         = 50_000
	firstDictionaryID      = 300_000
	firstSubscriptionID    = 600_000
	firstSchemaEvolutionID = 900_000
)

// Tenant is an Immuta tenant in memory. It is an http.Handler; every method is safe for use by several goroutines at once.
//
// Functions that a test hands in to change something (UpdateSource and its like) run inside the tenant and must not call
// it; hooks (Before, After) may.
type Tenant struct {
	closed    chan struct{}
	closeOnce sync.Once

	mu       sync.Mutex
	clock    clock
	settings settings
	router   router
	state    map[any]any // what each noun remembers, by its slot

	nouns        []noun
	technologies []*Technology
	users        []*user
	sessions     map[string]*session
	sources      []*Source // in the order of their ids
	handlers     map[int]*handler
	jobs         jobQueue
	sourceIDs    counter
	handlerIDs   counter
	profileIDs   counter
	sessionIDs   counter

	entries []*Request
	faults  []*Fault
	hooks   []hook
	told    map[string]bool // every secret that a request carried
	rate    rate
}

// New returns a tenant with one user (DefaultProfileID, DefaultAPIKey), no sources, and every technology this package
// knows.
func New(options ...Option) *Tenant {
	t := &Tenant{
		closed:     make(chan struct{}),
		clock:      clock{now: Epoch},
		settings:   defaultSettings(),
		state:      map[any]any{},
		sessions:   map[string]*session{},
		handlers:   map[int]*handler{},
		sourceIDs:  counter{next: firstSourceID},
		handlerIDs: counter{next: firstHandlerID},
		profileIDs: counter{next: firstProfileID},
		told:       map[string]bool{},
	}
	t.nouns = nouns()
	for _, n := range t.nouns {
		t.router.add(n.routes...)
	}
	for _, tech := range technologies() {
		t.register(tech)
	}
	t.addUser(user{name: defaultUserName, apiKey: DefaultAPIKey})
	t.Configure(options...)
	return t
}

// lock locks the tenant and returns what unlocks it again.
func (t *Tenant) lock() func() {
	t.mu.Lock()
	return t.mu.Unlock
}

// Configure applies options to a tenant that is already in use.
func (t *Tenant) Configure(options ...Option) {
	defer t.lock()()
	for _, option := range options {
		option(t)
	}
}

// Close lets go of every request that a fault keeps hanging, and ends the wait of WithLatency. A closed tenant still answers.
func (t *Tenant) Close() {
	t.closeOnce.Do(func() { close(t.closed) })
}

// A counter hands out ids in order.
type counter struct{ next int }

func (c *counter) take() int {
	id := c.next
	c.next++
	return id
}
