package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	// registry is where the pages are published.
	registry = "https://registry.terraform.io/providers/terraform-immuta/immuta/latest/docs/"
	// repository is where files are that are not published there.
	repository = "https://github.com/terraform-immuta/terraform-provider-immuta/blob/main/"
	prefix     = "immuta_"
	index      = "index.md"
)

// kinds are the folders of the pages of types. A name that several kinds have means the first, unless the words before it say otherwise.
var kinds = []string{"resources", "data-sources", "ephemeral-resources", "list-resources", "actions"}

// words are what stands before the name of a type to say its kind.
var words = map[string]string{
	"resource": "resources", "resources": "resources", "data source": "data-sources", "data sources": "data-sources",
	"ephemeral resource": "ephemeral-resources", "list resource": "list-resources", "action": "actions",
}

var mention = regexp.MustCompile(`(?:((?:data |ephemeral |list )?[a-z]+) )?` + "`" + prefix + `([a-z0-9_]+)` + "`")

// linkTypes links the first mention of a type in each paragraph, row and item of the pages in root/docs. Headings and what is linked
// already stay as they are. A name that is no type is an error: it is misspelled, or of a type that is gone.
func linkTypes(root *os.Root) error {
	pages, err := docsPages(root)
	if err != nil {
		return err
	}
	var unknown []string
	for _, page := range pages {
		text, err := root.ReadFile("docs/" + page)
		if err != nil {
			return err
		}
		linked := prose(string(text), func(line string) string {
			if strings.HasPrefix(line, "#") {
				return line
			}
			line, missing := linkLine(line, page, pages)
			for _, name := range missing {
				unknown = append(unknown, fmt.Sprintf("docs/%s mentions %s%s, which has no page", page, prefix, name))
			}
			return line
		})
		if err := root.WriteFile("docs/"+page, []byte(linked), 0o644); err != nil {
			return err
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s", strings.Join(unknown, "\n"))
	}
	return nil
}

func linkLine(line, page string, pages []string) (linked string, missing []string) {
	var b strings.Builder
	done := map[string]bool{}
	last := 0
	for _, at := range mention.FindAllStringSubmatchIndex(line, -1) {
		name := line[at[4]:at[5]]
		start, end := at[4]-len("`"+prefix), at[1]
		before := ""
		if at[2] >= 0 {
			before = line[at[2]:at[3]]
		}
		target, found := pageOf(name, before, page, pages)
		if !found {
			missing = append(missing, name)
			continue
		}
		if target == page || done[target] || strings.HasPrefix(line[end:], "](") {
			continue
		}
		done[target] = true
		b.WriteString(line[last:start] + "[" + line[start:end] + "](" + address(page, target) + ")")
		last = end
	}
	return b.String() + line[last:], missing
}

// pageOf is the page of a type, given the words before its name and the page that it is mentioned on.
func pageOf(name, before, page string, pages []string) (string, bool) {
	candidates := kinds
	if kind, ok := words[before]; ok {
		candidates = []string{kind}
	} else if path.Base(page) == name+".md" {
		return page, true
	}
	for _, kind := range candidates {
		if target := path.Join(kind, name+".md"); slices.Contains(pages, target) {
			return target, true
		}
	}
	return "", false
}

// address is how a page links to another.
func address(page, target string) string {
	if page == index {
		return registry + strings.TrimSuffix(target, ".md")
	}
	if path.Dir(page) == path.Dir(target) {
		return "./" + path.Base(target)
	}
	return "../" + target
}

// docsPages lists the pages in root/docs by their paths in it.
func docsPages(root *os.Root) ([]string, error) {
	var pages []string
	err := fs.WalkDir(root.FS(), "docs", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path.Ext(file) == ".md" {
			pages = append(pages, strings.TrimPrefix(file, "docs/"))
		}
		return err
	})
	return pages, err
}
