package fake_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// found is a search's names, in order, and its count.
func (c *client) found(query string) (names []string, count int) {
	c.t.Helper()
	got := c.do("GET", "/dataSource?"+query, nil, http.StatusOK)
	hits, _ := got.object()["hits"].([]any)
	for _, hit := range hits {
		row, _ := hit.(map[string]any)
		names = append(names, fmt.Sprint(row["name"]))
	}
	return names, got.number("count")
}

func TestSearchFilters(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	a := c.tenant.AddSource(fake.SourceSpec{Name: "Alpha", Schema: "SALES", Table: "T_ONE"})
	c.tenant.AddSource(fake.SourceSpec{Name: "beta", Technology: "Redshift", Hostname: "rs.example.com", CreatedBy: grace})
	g := c.tenant.AddSource(fake.SourceSpec{Name: "Gamma", Deleted: true, Database: "TEST"})
	c.tenant.UpdateSource(a, func(s *fake.Source) {
		s.Tags = []fake.Tag{{Name: "Team.Sales"}}
		s.Status, s.Description, s.Private = "failed", "The beta of it", true
	})
	c.tenant.UpdateDictionary(g, func(d *fake.Dictionary) { d.Columns[0].Name = "special" })

	for query, want := range map[string][]string{
		"":                                            {"Alpha", "beta", "Gamma"},
		"sortField=name&sortOrder=desc":               {"Gamma", "beta", "Alpha"},
		"sortField=createdAt&sortOrder=desc":          {"Gamma", "beta", "Alpha"},
		"sortField=blobHandlerType":                   {"beta", "Alpha", "Gamma"},
		"sortField=status":                            {"Alpha", "beta", "Gamma"},
		"sortField=subscriptionStatus":                {"beta", "Alpha", "Gamma"},
		"sortField=editable":                          {"Alpha", "beta", "Gamma"},
		"searchText=BETA":                             {"Alpha", "beta"},
		"searchText=BETA&nameOnly=true":               {"beta"},
		"searchText=t_one":                            {"Alpha"},
		"blobHandlerType=Redshift":                    {"beta"},
		"blobHandlerType=A&blobHandlerType=Snowflake": {"Alpha", "Gamma"},
		"subscription=owner":                          {"Alpha", "Gamma"},
		"subscription=not_subscribed":                 {"beta"},
		"status=failed":                               {"Alpha"},
		"tag=Team.Sales":                              {"Alpha"},
		"column=special":                              {"Gamma"},
		"schema=sales":                                {"Alpha"},
		"hostname=rs.example.com":                     {"beta"},
		"publicOnly=true":                             {"beta", "Gamma"},
		"ephemeral=true":                              nil,
		"clusterName=x":                               nil,
		"globalPolicy=x":                              nil,
		"excludedProjects=1&mode=0":                   {"Alpha", "beta", "Gamma"},
		fmt.Sprintf("dataSourceIds=%d&dataSourceIds=%d", a, g):                    {"Alpha", "Gamma"},
		"connectionString=" + url.QueryEscape("IMMUTA@acme.example.com:443/TEST"): {"Gamma"},
	} {
		names, count := c.found(query)
		if !slices.Equal(names, want) || count != len(want) {
			t.Errorf("%q finds %q (%d), want %q", query, names, count, want)
		}
	}
}
