package immuta

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxMessage is how many bytes of a message are shown, and maxExcerpt how many of a body that is none.
	maxMessage = 2 << 10
	maxExcerpt = 200
)

// Protect adds texts to the client's secrets: from now on they appear in no error, warning or log, whoever writes it.
// What is sent or received as a secret is added by the client itself.
func (c *Client) Protect(texts ...string) { c.secrets.add(texts...) }

// Mask blots the client's secrets out of a text that is about to be shown, and spells out what could take hold of a
// terminal.
func (c *Client) Mask(text string) string { return Printable(c.secrets.mask(text)) }

// Show makes somebody else's text fit to be shown, no longer than a person reads.
func (c *Client) Show(text string) string { return c.show(text) }

// show makes somebody else's text fit to be shown: a part of a message, no longer than a person reads.
func (c *Client) show(text string) string { return c.showUpTo(text, maxMessage) }

// showUpTo is show for another length. Only the beginning of a long text is looked at, but far more of it than is shown.
func (c *Client) showUpTo(text string, size int) string {
	return cut(c.Mask(strings.TrimSpace(text[:min(len(text), maxLogged)])), size)
}

// name is what an answer calls something, fit to be shown in quotes.
func (c *Client) name(text Text) string { return strconv.Quote(c.showUpTo(string(text), maxExcerpt)) }

// excerpt is the beginning of a body on one line, short enough for an error message. Secrets are masked before: cut in
// two they would not all be recognized.
func (c *Client) excerpt(body []byte) string {
	return cut(oneLine(c.maskBody(body)), maxExcerpt)
}

// beginning is what an excerpt is made of.
func beginning(body []byte) string { return cut(oneLine(string(body)), maxExcerpt) }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Printable spells out control characters and the marks that turn the direction of writing, except for line breaks and
// tabs: a terminal obeys them, and a reader is misled.
func Printable(text string) string {
	if !strings.ContainsFunc(text, isUnprintable) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !isUnprintable(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func isUnprintable(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// cut shortens a text to so many bytes, between two characters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return strings.TrimSpace(text[:size]) + "…"
}
