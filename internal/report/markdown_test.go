package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Short names for what the models are made of.
var text, number, boolean = types.StringValue, types.Int64Value, types.BoolValue

// evil is a name that tries everything.
const evil = "a|b `c` *d* _e_ <img src=x> [l](http://x) @team #1 \\| ``` \"q\" 'r' ; ${x}\r\n| new | row |\u2028end\u202e~~x~~ &amp; !"

func TestVisibilityReportMarkdown(t *testing.T) {
	t.Parallel()
	m := visibilityReportModel{
		DataSourceID: number(57), ProfileID: number(12), DataSourceName: text("Sales Orders"), DenialReason: text("Not | now"),
		NoVisibilities: boolean(false), DataSourceVisibilitiesCount: number(10), UserVisibilitiesCount: number(3),
		AllowMaskedJoins: boolean(true),
		Masked: []maskedModel{
			{Name: text("email"), Type: text("hash"), ActionType: text("masking")},
			{Name: text("a_b|c"), Type: types.StringNull(), ActionType: types.StringNull()},
		},
	}
	want := strings.Join([]string{
		"**What profile 12 sees of <code>Sales Orders</code> (data source 57)**",
		"",
		"|  |  |",
		"| --- | --- |",
		"| Rows | 3 of 10 visibilities |",
		"| Masked columns | 2 |",
		"| Joins on masked columns | allowed |",
		"| Denied because | <code>Not &#124; now</code> |",
		"",
		"| Masked column | How | By |",
		"| --- | --- | --- |",
		"| <code>email</code> | <code>hash</code> | <code>masking</code> |",
		"| <code>a&#95;b&#124;c</code> |  |  |",
		"",
	}, "\n")
	if diff := cmp.Diff(want, m.markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	m = visibilityReportModel{
		DataSourceID: number(57), NoVisibilities: boolean(true), Masked: []maskedModel{}, AllowMaskedJoins: boolean(false),
	}
	want = strings.Join([]string{
		"**What the API key's user sees of (data source 57)**", "", "|  |  |", "| --- | --- |",
		"| Rows | all: no policy restricts them |", "| Masked columns | 0 |", "| Joins on masked columns | not allowed |", "",
	}, "\n")
	if diff := cmp.Diff(want, m.markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	m = visibilityReportModel{DataSourceID: number(57)}
	if got := strings.Count(m.markdown(), notAnswered); got != 3 {
		t.Errorf("%d of 3 things are not known:\n%s", got, m.markdown())
	}
}

func TestLineageMarkdown(t *testing.T) {
	t.Parallel()
	relative := func(id int64, name string) relativeModel {
		return relativeModel{DataSourceID: number(id), DataSourceName: text(name)}
	}
	parent, child := relative(12, "Raw \"orders\""), relative(90, "2026")
	parent.ProjectID, child.Deleted = number(5), boolean(true)
	m := lineageModel{DataSourceID: number(57), Parents: []relativeModel{parent}, Children: []relativeModel{child, parent}}
	want := strings.Join([]string{
		"```mermaid",
		"graph LR",
		`  s57["data source 57"]`,
		"  style s57 stroke-width:3px",
		`  s12["Raw #34;orders#34; (12)"]`,
		`  s90["2026 (90)"]`,
		"  style s90 stroke-dasharray:5",
		"  s12 -- project 5 --> s57",
		"  s57 --> s90",
		"  s57 -- project 5 --> s12",
		"```",
		"",
	}, "\n")
	if diff := cmp.Diff(want, m.markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m = lineageModel{DataSourceID: number(57)}
	if got := m.markdown(); !strings.Contains(got, "s57") || strings.Count(got, "```") != 2 {
		t.Errorf("alone: %s", got)
	}
}

// Nothing from the tenant gets out of its cell or its label.
func TestMarkdownIsEscaped(t *testing.T) {
	t.Parallel()
	m := visibilityReportModel{
		DataSourceID: number(57), DataSourceName: text(evil), DenialReason: text(evil),
		Masked: []maskedModel{{Name: text(evil), Type: text(evil), ActionType: text(evil)}},
	}
	lines := strings.Split(strings.TrimSuffix(m.markdown(), "\n"), "\n")
	if len(lines) != 12 {
		t.Errorf("%d lines:\n%s", len(lines), m.markdown())
	}
	for _, line := range lines {
		if pipes := strings.Count(line, "|"); pipes != 0 && pipes != 3 && pipes != 4 {
			t.Errorf("%d pipes: %s", pipes, line)
		}
		bare := strings.NewReplacer("<code>", "", "</code>", "", "&#", "").Replace(strings.TrimPrefix(strings.TrimSuffix(line, "**"), "**"))
		if strings.ContainsAny(bare, "`*_<>[]#~&@!\\$^\u2028\u202e\r") {
			t.Errorf("markup is left: %s", line)
		}
	}

	l := lineageModel{DataSourceID: number(1), Parents: []relativeModel{{DataSourceID: number(2), DataSourceName: text(evil)}}}
	graph := strings.Split(strings.TrimSuffix(l.markdown(), "\n"), "\n")
	if len(graph) != 7 || graph[6] != "```" {
		t.Fatalf("%d lines:\n%s", len(graph), l.markdown())
	}
	if strings.Count(graph[4], `"`) != 2 || strings.ContainsAny(strings.TrimPrefix(graph[4], "  s2["), "<>`\\@&|[\u2028\u202e\r") {
		t.Errorf("markup is left: %s", graph[4])
	}
}
