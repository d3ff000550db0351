package immuta

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The loop in client.go is our own rather than a library's because an attempt ends only when its answer has been
// read: a body that breaks off is repeated like any other lost answer, and slots and rate are taken per attempt.

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 30 * time.Second

	// longestWait bounds what a server may ask for.
	longestWait = 24 * time.Hour
)

// mayRepeat is the retry policy. A GET or a PUT may be repeated whenever trying again could help, also when an answer came
// that nobody can read; a POST only when it cannot have been processed; a DELETE never, because a second one means something
// else than the first.
func mayRepeat(r request, err error) bool {
	if ranOutOfTime(err) || isPermanent(err) {
		return false
	}
	switch {
	case r.method == http.MethodDelete:
		return false
	case r.method == http.MethodPost && !r.repeatable:
		return wasNotProcessed(err)
	default:
		return is[*UnreadableError](err) || isTransient(err)
	}
}

func isTransient(err error) bool {
	switch StatusOf(err) {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return is[*NoAnswerError](err)
}

func wasNotProcessed(err error) bool {
	if e, ok := errors.AsType[*NoAnswerError](err); ok {
		return e.NotSent
	}
	switch StatusOf(err) {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		_, asked := retryAfter(err)
		return asked
	}
	return false
}

// isPermanent tells failures that no repetition cures: a host that does not exist, a certificate that is not trusted, a
// server that speaks TLS where host says otherwise, or the reverse, a path that is never sent, what all requests meet.
func isPermanent(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return true
	}
	return is[*UnsafePathError](err) || IsCertificateError(err) || is[*WrongSchemeError](err) || is[*CommonError](err)
}

// isDialError tells failures to connect at all, to the tenant or to a proxy.
func isDialError(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "dial" || op.Op == "proxyconnect")
}

// ranOutOfTime tells whether a request failed because of its own caller: the caller gave up, or left too little time.
func ranOutOfTime(err error) bool {
	return is[*tooLateError](err) || is[*waitTooLongError](err) || isContextError(err) || errors.Is(err, errNoTurn)
}

// heldBack is the error for a request that the pacer holds back for too long, because of what became of it before.
func heldBack(err, before error) error {
	if held, ok := errors.AsType[*waitTooLongError](err); ok && before != nil {
		return &tooLateError{cause: before, wait: held.wait}
	}
	return err
}

// errNoTurn means that the rate limit lets no request through in the time that the operation has left.
var errNoTurn = errors.New("requests_per_second allows no further request within the operation's timeout")

// tooLateError is a failure whose repetition would come after the operation's deadline.
type tooLateError struct {
	cause error
	wait  time.Duration
}

func (e *tooLateError) Error() string {
	return fmt.Sprintf("%v; the next attempt would be in %s, after the operation's timeout", e.cause, e.wait.Round(100*time.Millisecond))
}

func (e *tooLateError) Unwrap() error { return e.cause }

// IsCertificateError tells whether the tenant's TLS certificate was refused.
func IsCertificateError(err error) bool {
	return is[*tls.CertificateVerificationError](err) || is[x509.UnknownAuthorityError](err) || is[x509.HostnameError](err)
}

// delay is how long to wait after the attempt with this number (from 0): what the server asked for, or
// exponential backoff of which half is random, so that parallel callers do not come back together.
func delay(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	d := maxDelay
	if attempt < 6 {
		d = min(firstDelay<<attempt, maxDelay)
	}
	return d/2 + rand.N(d/2)
}

// parseRetryAfter reads Retry-After in seconds or as a date. A date is taken relative to the server's own clock,
// which need not agree with ours. It returns 0 when there is nothing to wait for, and whether the server said anything.
func parseRetryAfter(h http.Header) (wait time.Duration, asked bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(seconds) {
		return time.Duration(min(max(seconds, 0), longestWait.Seconds()) * float64(time.Second)), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), longestWait), true
}
