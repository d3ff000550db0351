package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a folder of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestLink(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ page, text, want string }{
		"another kind":      {"guides/a.md", "See `immuta_tag`.", "See [`immuta_tag`](../resources/tag.md)."},
		"the same kind":     {"resources/blob.md", "See `immuta_tag`.", "See [`immuta_tag`](./tag.md)."},
		"by its kind":       {"guides/a.md", "the data source `immuta_tag`", "the data source [`immuta_tag`](../data-sources/tag.md)"},
		"only one kind":     {"guides/a.md", "`immuta_user`", "[`immuta_user`](../data-sources/user.md)"},
		"the page itself":   {"data-sources/tag.md", "`immuta_tag`", "`immuta_tag`"},
		"its namesake":      {"data-sources/tag.md", "the resource `immuta_tag`", "the resource [`immuta_tag`](../resources/tag.md)"},
		"from the overview": {"index.md", "`immuta_tag`", "[`immuta_tag`](" + registry + "resources/tag)"},
		"once in a line": {"guides/a.md", "`immuta_tag`, `immuta_tag`, `immuta_blob`",
			"[`immuta_tag`](../resources/tag.md), `immuta_tag`, [`immuta_blob`](../resources/blob.md)"},
		"linked already": {"guides/a.md", "[`immuta_tag`](x.md)", "[`immuta_tag`](x.md)"},
		"a heading":      {"guides/a.md", "## `immuta_tag`", "## `immuta_tag`"},
		"code":           {"guides/a.md", "```\n`immuta_tag`\n```\n", "```\n`immuta_tag`\n```\n"},
		"front matter": {"guides/a.md", "---\ntitle: `immuta_tag`\n---\n`immuta_tag`",
			"---\ntitle: `immuta_tag`\n---\n[`immuta_tag`](../resources/tag.md)"},
		"more than code": {"guides/a.md", "`immuta_tag.a`", "`immuta_tag.a`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{
				"docs/index.md": "", "docs/resources/tag.md": "", "docs/resources/blob.md": "",
				"docs/data-sources/tag.md": "", "docs/data-sources/user.md": "",
			}
			files["docs/"+test.page] = test.text
			root := write(t, files)
			if err := run([]string{"link", root}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(root, "docs", filepath.FromSlash(test.page)))
			if err != nil || string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s\n%v", got, test.want, err)
			}
		})
	}
}

func TestLinkRefusesUnknownTypes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"`immuta_tags`", "the data source `immuta_tag`"} {
		root := write(t, map[string]string{"docs/guides/a.md": text, "docs/resources/tag.md": ""})
		if err := run([]string{"link", root}); err == nil || !strings.Contains(err.Error(), "docs/guides/a.md mentions immuta_tag") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const guide = "docs/guides/a.md"
	for name, test := range map[string]struct{ file, text, broken string }{
		"a page":                {guide, "[b](./b.md)", ""},
		"a page of a kind":      {guide, "[b](../resources/tag.md#schema)", ""},
		"an attribute":          {guide, "[b](../resources/tag.md#nestedatt--server)", ""},
		"a place here":          {guide, "# Some words\n[b](#some-words)", ""},
		"another site":          {guide, "[b](https://example.com/nowhere#at-all)", ""},
		"code in the text":      {guide, "[`b`](./b.md)", ""},
		"code":                  {guide, "`[b](./c.md)`\n```\n[b](./c.md)\n```", ""},
		"the repository":        {guide, "[b](" + repository + "README.md)", ""},
		"the registry":          {"docs/index.md", "[b](" + registry + "guides/b#two)", ""},
		"the overview":          {guide, "[b](" + strings.TrimSuffix(registry, "/") + "#schema)", ""},
		"from the top":          {"README.md", "[b](docs/guides/b.md#two), [c](docs/)", ""},
		"odd heading, top":      {"README.md", "[b](docs/guides/b.md#three-3)", ""},
		"no such page":          {guide, "[b](./c.md)", "there is no docs/guides/c.md"},
		"no extension":          {guide, "[b](./b)", "there is no docs/guides/b"},
		"no such place":         {guide, "[b](./b.md#four)", "has no #four"},
		"no such place here":    {guide, "[b](#four)", "has no #four"},
		"odd heading":           {guide, "[b](./b.md#three-3)", "different anchors"},
		"double heading":        {guide, "# Two\n# Two\n[b](#two-1)", "different anchors"},
		"out of docs":           {guide, "[b](../../README.md)", "leaves docs/"},
		"a slash":               {guide, "[b](/docs/guides/b.md)", "slash"},
		"relative overview":     {"docs/index.md", "[b](./guides/b.md)", "one level too high"},
		"overview by path":      {guide, "[b](../index.md)", "another address"},
		"gone from registry":    {"docs/index.md", "[b](" + registry + "guides/c)", "there is no docs/guides/c.md"},
		"gone from repository":  {guide, "[b](" + repository + "NOTES.md)", "there is no NOTES.md"},
		"reference":             {guide, "[b]: ./c.md", "there is no docs/guides/c.md"},
		"from the top, nowhere": {"README.md", "[b](docs/guides/c.md)", "there is no docs/guides/c.md"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{
				"README.md": "", "docs/index.md": "## Schema\n", "docs/guides/b.md": "# Two\n\n## Three: 3\n",
				"docs/resources/tag.md": "## Schema\n\n<a id=\"nestedatt--server\"></a>\n",
			}
			files[test.file] = test.text
			err := run([]string{"check", write(t, files)})
			if test.broken == "" && err != nil || test.broken != "" && (err == nil || !strings.Contains(err.Error(), test.broken)) {
				t.Errorf("got %v, want %q", err, test.broken)
			}
		})
	}
}

func TestRefusesWrongArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"link"}, {"follow", "."}, {"check", filepath.Join(t.TempDir(), "nowhere")}} {
		if err := run(args); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
