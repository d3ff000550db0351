package fake

// A hook is a test's function that runs when a matching request is served.
type hook struct {
	when         When
	method, path string
	run          func(*Request)
}

// Before runs a function before each matching request is served, for instance to change the tenant in the middle of an
// apply. Method and path are as in Journal.Filter. The request is a copy; the tenant may be called.
func (t *Tenant) Before(method, path string, run func(*Request)) {
	t.addHook(hook{when: Before, method: method, path: path, run: run})
}

// After runs a function after each matching request took effect, before it is answered. The request is a copy, with its
// status; the tenant may be called. A request that a fault keeps from taking effect does not get here.
func (t *Tenant) After(method, path string, run func(*Request)) {
	t.addHook(hook{when: After, method: method, path: path, run: run})
}

func (t *Tenant) addHook(h hook) {
	defer t.lock()()
	t.hooks = append(t.hooks, h)
}

// runHooks runs outside the lock, because hooks call the tenant.
func (t *Tenant) runHooks(when When, entry *Request) {
	t.mu.Lock()
	request := *entry
	var due []hook
	for _, h := range t.hooks {
		if h.when == when && request.matches(h.method, h.path) {
			due = append(due, h)
		}
	}
	t.mu.Unlock()
	for _, h := range due {
		h.run(&request)
	}
}
