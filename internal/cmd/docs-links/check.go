package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// check follows every link in the pages of root/docs and in the files at the top of root, except those to other sites.
func check(root *os.Root) error {
	files, err := fs.Glob(root.FS(), "*.md")
	if err != nil {
		return err
	}
	pages, err := docsPages(root)
	if err != nil {
		return err
	}
	for _, page := range pages {
		files = append(files, path.Join("docs", page))
	}
	var broken []string
	checked := 0
	for _, file := range files {
		text, err := root.ReadFile(file)
		if err != nil {
			return err
		}
		for _, link := range links(string(text)) {
			checked++
			if err := follow(root, file, link); err != nil {
				broken = append(broken, fmt.Sprintf("%s: %s: %v", file, link, err))
			}
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("%d of %d links are broken:\n%s", len(broken), checked, strings.Join(broken, "\n"))
	}
	fmt.Printf("%d links in %d files\n", checked, len(files))
	return nil
}

// follow tells why a link from a file leads nowhere, in the repository or on a registry.
func follow(root *os.Root, file, link string) error {
	target, anchor, _ := strings.Cut(link, "#")
	published := strings.HasPrefix(file, "docs/")
	switch {
	case target == strings.TrimSuffix(registry, "/"):
		target = "docs/" + index
	case strings.HasPrefix(link, registry):
		target = "docs/" + strings.TrimPrefix(target, registry) + ".md"
	case strings.HasPrefix(link, repository):
		target = strings.TrimPrefix(target, repository)
	case strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:"):
		return nil
	case target == "":
		target = file
	case strings.HasPrefix(target, "/"):
		return fmt.Errorf("it starts with a slash, which means another place in each layout")
	case file == "docs/"+index:
		return fmt.Errorf("the registry resolves relative links of this page one level too high: link to %s", registry)
	default:
		target = path.Join(path.Dir(file), target)
		switch {
		case published && target == "docs/"+index:
			return fmt.Errorf("the registry has its overview at another address: link to %s", strings.TrimSuffix(registry, "/"))
		case published && !strings.HasPrefix(target, "docs/"):
			return fmt.Errorf("it leaves docs/, which is all that a registry has: link to %s", repository)
		}
	}
	// Of a folder there is only the name.
	if _, err := root.Stat(target); err != nil {
		return fmt.Errorf("there is no %s", target)
	}
	if anchor == "" {
		return nil
	}
	text, err := root.ReadFile(target)
	if err != nil {
		return err
	}
	plain, found := anchors(string(text))[anchor]
	switch {
	case !found:
		return fmt.Errorf("%s has no #%s", target, anchor)
	case !plain && published:
		return fmt.Errorf("registries and GitHub may make different anchors of the heading of #%s in %s: it has a double, or more than "+
			"letters, digits, spaces and hyphens", anchor, target)
	}
	return nil
}
