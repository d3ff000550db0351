package immuta_test

import (
	"runtime"
	"sync/atomic"
	"testing"
)

func TestLocksExcludeByKey(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://immuta.test")
	defer client.Lock("another key")() // stands in nobody's way
	var inside atomic.Int64
	changes := 0
	wantNoError(t, parallel(8, func(int) error {
		for range 100 {
			unlock := client.Lock("key")
			if inside.Add(1) > 1 {
				t.Error("a key is held twice")
			}
			runtime.Gosched()
			changes++ // The race detector sees whoever does not wait.
			inside.Add(-1)
			unlock()
		}
		return nil
	}))
	wantEqual(t, "changes", changes, 800)
}

func TestLocksAreFreed(t *testing.T) {
	t.Parallel()
	client := newClient(t, "http://immuta.test")
	first, second := client.Lock("a"), client.Lock("b")
	wantEqual(t, "keys that are remembered", client.Locks(), 2)
	first()
	second()
	wantEqual(t, "keys that are remembered", client.Locks(), 0)
}
