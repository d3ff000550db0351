// Command docs-links keeps the links of the documentation together.
//
//	docs-links link ROOT     links every mention of a type in ROOT/docs to its page
//	docs-links check ROOT    fails if a link in ROOT/docs or in a file at the top of ROOT leads nowhere
//
// The same pages are read in two places: in the repository, where GitHub resolves links as paths of files, and on the registries,
// which strip ".md" and have nothing but docs/. A relative link with ".md" works in both, with one exception: the registry serves
// docs/index.md as ".../docs", so that relative links from it lead one level too high, and those to it nowhere. Both go by address.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "docs-links:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: docs-links link|check ROOT")
	}
	root, err := os.OpenRoot(args[1])
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	switch args[0] {
	case "link":
		return linkTypes(root)
	case "check":
		return check(root)
	default:
		return fmt.Errorf("no such command: %s", args[0])
	}
}
