package immuta

import "sync"

// locks serializes what this client must not do at the same time, by key: reading something, changing it and writing the
// whole back would lose one of two changes made side by side.
type locks struct {
	mu sync.Mutex
	m  map[string]*lock
}

type lock struct {
	sync.Mutex
	users int
}

// lock waits for the key and returns the function that frees it.
func (l *locks) lock(key string) (unlock func()) {
	l.mu.Lock()
	if l.m == nil {
		l.m = map[string]*lock{}
	}
	k, ok := l.m[key]
	if !ok {
		k = &lock{}
		l.m[key] = k
	}
	k.users++
	l.mu.Unlock()
	k.Lock()
	return func() {
		k.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.m, key)
		}
	}
}
