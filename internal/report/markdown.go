package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Texts from the tenant go into Markdown that people paste into pull requests, so nothing in them may be taken for markup: a table's
// pipe, a link, a mention of somebody, the end of a code block.

// markup are the characters that mean something to Markdown or HTML somewhere.
const markup = "\\`*_{}[]<>#|~&@!$^:\""

// code writes a text the way that names of things are written. Markdown's own code spans cannot hold every text (a backslash before
// a pipe in a table is one), and an element can: what is in it notifies nobody, either.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "<code>" + escape(text, markup, "&#%d;") + "</code>"
}

// label writes a text as the label of a node in a Mermaid graph, within double quotes, where entities are written with a hash.
func label(text string) string { return `"` + escape(text, markup+";", "#%d;") + `"` }

// escape writes these characters of a text as entities.
func escape(text, characters, entity string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		if strings.ContainsRune(characters, r) {
			fmt.Fprintf(&b, entity, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLine replaces line breaks and other control characters, which end a row or a label, by spaces. Marks that turn the direction of
// writing go too: they would reorder what stands around the text.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}

// table writes rows of cells that are Markdown already.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, row := range rows {
		line(row)
	}
	return b.String()
}
