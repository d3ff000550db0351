package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// prose calls each with every line of a page that is neither front matter nor code, and puts what it returns in the line's place.
func prose(text string, each func(line string) string) string {
	lines := strings.Split(text, "\n")
	frontMatter := lines[0] == "---"
	fenced := false
	for i, line := range lines {
		switch {
		case frontMatter:
			frontMatter = i == 0 || line != "---"
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced = !fenced
		case !fenced:
			lines[i] = each(line)
		}
	}
	return strings.Join(lines, "\n")
}

var (
	codeSpan   = regexp.MustCompile("`[^`]*`")
	inlineLink = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	reference  = regexp.MustCompile(`^\s*\[[^\]]+\]:\s*(\S+)`)
	heading    = regexp.MustCompile(`^#+\s+(.+?)\s*$`)
	anchorTag  = regexp.MustCompile(`<a id="([^"]+)">`)
	headingTag = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// links are the targets of the links in a page.
func links(text string) []string {
	var targets []string
	prose(text, func(line string) string {
		// What stands in code is no link, but code may stand in a link's text.
		line = codeSpan.ReplaceAllString(line, "")
		for _, found := range inlineLink.FindAllStringSubmatch(line, -1) {
			targets = append(targets, found[1])
		}
		if found := reference.FindStringSubmatch(line); found != nil {
			targets = append(targets, found[1])
		}
		return line
	})
	return targets
}

// anchors are the places in a page that a link can lead to. The value tells whether every renderer gives the place that name: how
// they treat anything but letters, digits, spaces and hyphens differs.
func anchors(text string) map[string]bool {
	places := map[string]bool{}
	prose(text, func(line string) string {
		for _, found := range anchorTag.FindAllStringSubmatch(line, -1) {
			places[found[1]] = true
		}
		if found := heading.FindStringSubmatch(line); found != nil {
			slug, plain := slugOf(headingTag.ReplaceAllString(found[1], "$1"))
			name := slug
			for i := 1; ; i++ {
				if _, taken := places[name]; !taken {
					break
				}
				name, plain = fmt.Sprintf("%s-%d", slug, i), false
			}
			places[name] = plain
		}
		return line
	})
	return places
}

// slugOf is GitHub's name for the place of a heading.
func slugOf(heading string) (slug string, plain bool) {
	plain = true
	slug = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		case r == '_':
			plain = false
			return r
		default:
			plain = false
			return -1
		}
	}, heading)
	return slug, plain
}
