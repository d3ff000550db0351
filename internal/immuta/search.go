package immuta

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Search narrows GET /dataSource. Zero fields are not sent.
type Search struct {
	Text              string   `url:"searchText,omitempty"`
	NameOnly          *bool    `url:"nameOnly,omitempty"`
	Schema            string   `url:"schema,omitempty"`
	Hostname          string   `url:"hostname,omitempty"`
	ClusterName       string   `url:"clusterName,omitempty"`
	GlobalPolicy      string   `url:"globalPolicy,omitempty"`
	Technologies      []string `url:"blobHandlerType,omitempty"`
	Subscriptions     []string `url:"subscription,omitempty"`
	Statuses          []string `url:"status,omitempty"`
	Tags              []string `url:"tag,omitempty"`
	Columns           []string `url:"column,omitempty"`
	ConnectionStrings []string `url:"connectionString,omitempty"`
	DataSourceIDs     []int64  `url:"dataSourceIds,omitempty"`
	ExcludedProjects  []int64  `url:"excludedProjects,omitempty"`
	Ephemeral         *bool    `url:"ephemeral,omitempty"`
	// IDOnly and SelectFields make the rows smaller.
	IDOnly       *bool    `url:"idOnly,omitempty"`
	SelectFields []string `url:"selectFields,omitempty"`
	SortField    string   `url:"sortField,omitempty"`
	SortOrder    string   `url:"sortOrder,omitempty"`
}

// SourceRow is a source in the answer of a search (H; remoteTable, remoteSchema and the domain only on newer tenants). A key
// that was not asked for is not answered.
type SourceRow struct {
	ID                     Int                      `json:"id"`
	Name                   Text                     `json:"name"`
	Deleted                Lenient[Bool]            `json:"deleted"`
	Description            Lenient[string]          `json:"description"`
	Technology             Text                     `json:"blobHandlerType"`
	ConnectionString       Lenient[string]          `json:"connectionString"`
	SQLSchemaName          Lenient[string]          `json:"sqlSchemaName"`
	RemoteSchema           Lenient[string]          `json:"remoteSchema"`
	RemoteTable            Lenient[string]          `json:"remoteTable"`
	RecordFormat           Lenient[string]          `json:"recordFormat"`
	CreatedAt              Lenient[string]          `json:"createdAt"`
	RecordCount            Lenient[Int]             `json:"recordCount"`
	Status                 Lenient[string]          `json:"status"`
	SubscriptionType       Lenient[string]          `json:"subscriptionType"`
	SubscriptionStatus     Lenient[string]          `json:"subscriptionStatus"`
	SubscriptionPolicy     Lenient[json.RawMessage] `json:"subscriptionPolicy"`
	SchemaEvolutionID      Lenient[Int]             `json:"schemaEvolutionId"`
	ColumnEvolutionEnabled Lenient[Bool]            `json:"columnEvolutionEnabled"`
	DomainID               Lenient[Text]            `json:"domainId"`
	DomainName             Lenient[string]          `json:"domainName"`
	Policy                 Lenient[Text]            `json:"policy"`
	PolicyHandlerType      Lenient[string]          `json:"policyHandlerType"`
	Native                 Lenient[json.RawMessage] `json:"native"`
	Workspace              Lenient[json.RawMessage] `json:"workspace"`
}

// key tells a row from others: by its id or, where only names were asked for, by its name.
func (r SourceRow) key() string {
	if r.ID == 0 {
		return string(r.Name)
	}
	return strconv.FormatInt(int64(r.ID), 10) + "\x00"
}

// SearchSources yields the sources that match, page by page as they are asked for.
func (c *Client) SearchSources(ctx context.Context, s Search) iter.Seq2[SourceRow, error] {
	return pages(c.searchPage(ctx, s), SourceRow.key)
}

// ListSources is [Client.SearchSources] for who wants all there are: each page is bounded by itself, because a tenant may have any
// number of them, rows that do not fit are left out, and an [UnsettledError] comes last if sources may be missing.
func (c *Client) ListSources(ctx context.Context, s Search, bound Bound) iter.Seq2[SourceRow, error] {
	fetch := bounded(ctx, bound, func(ctx context.Context) fetch[SourceRow] { return c.searchPage(ctx, s) })
	fits := func(row SourceRow) bool { return row.ID != 0 && s.Fits(row) }
	return filter(wholeList(http.MethodGet+" "+searchPath, fetch, SourceRow.key), fits)
}

// Fits tells whether a row is one that was asked for, as far as the row tells: a server may ignore a parameter. Nothing in it tells of
// tags, nor where else than in names a text is looked for.
func (s Search) Fits(row SourceRow) bool {
	connection := row.ConnectionString.Get()
	return isOneOf(s.Technologies, string(row.Technology)) && isOneOf(s.Statuses, row.Status.Get()) &&
		isOneOf(s.ConnectionStrings, connection) && isOneOf(given(s.Hostname), hostOf(connection)) && s.fitsSchema(row)
}

// fitsSchema compares both of a row's schemas, because which one the parameter means is not known (L).
func (s Search) fitsSchema(row SourceRow) bool {
	local, remote := row.SQLSchemaName.Get(), row.RemoteSchema.Get()
	holds := func(schema string) bool { return strings.Contains(strings.ToLower(schema), strings.ToLower(s.Schema)) }
	return local == "" || remote == "" || holds(local) || holds(remote)
}

// isOneOf tells whether a value is among those that are wanted, whatever its case. Without a value there is no telling, and without
// wishes none is wrong.
func isOneOf(wanted []string, value string) bool {
	same := func(one string) bool { return strings.EqualFold(one, value) }
	return len(wanted) == 0 || value == "" || slices.ContainsFunc(wanted, same)
}

// given is a filter with one value, or none.
func given(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// hostOf is the host name in a connection string such as "user@host:443/DATABASE" (H); empty in one of another form.
func hostOf(connection string) string {
	_, address, ok := cutLast(connection, "@")
	if !ok {
		return ""
	}
	address, _, _ = strings.Cut(address, "/")
	host, _, ok := cutLast(address, ":")
	if !ok {
		return ""
	}
	return host
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// FindSources lists the sources that match; with a limit that is not 0, only so many.
func (c *Client) FindSources(ctx context.Context, s Search, limit int64) (Rows[SourceRow], error) {
	return collect(limit, c.searchPage(ctx, s), SourceRow.key)
}

func (c *Client) searchPage(ctx context.Context, s Search) fetch[SourceRow] {
	return func(offset, size int) (page[SourceRow], error) {
		return get[page[SourceRow]](ctx, c, searchPath, paged(queryOf(s), offset, size))
	}
}

const searchPath = "/dataSource"

// Aggregate is what a search in a mode other than 0 answers: the rows and the total as far as there are any, and everything
// as it came, because the shape of these answers is not known (L).
type Aggregate struct {
	Rows  []SourceRow
	Total Lenient[Int]
	JSON  json.RawMessage
}

func (a *Aggregate) lacks() string {
	var object evidence
	return unless(json.Unmarshal(a.JSON, &object) != nil || object.lacks() == "", "holds no result")
}

// AggregateSources searches in one of the modes 1 (COUNT), 4 (TAG), 5 (MIN_MAX) and 6 (STATUS): one request, as what is
// answered need not be a list that can be paged.
func (c *Client) AggregateSources(ctx context.Context, s Search, mode, limit int64) (Aggregate, error) {
	query := paged(queryOf(s), 0, int(cmp.Or(limit, PageSize)))
	query.Set("mode", strconv.FormatInt(mode, 10))
	return get[Aggregate](ctx, c, searchPath, query)
}

func (a *Aggregate) UnmarshalJSON(b []byte) error {
	a.JSON = bytes.Clone(b)
	var said Lenient[struct {
		Hits  json.RawMessage `json:"hits"`
		Count Lenient[Int]    `json:"count"`
	}]
	_ = said.UnmarshalJSON(b)
	a.Total = said.Get().Count
	if err := checkElements[SourceRow](said.Get().Hits); err != nil {
		return err
	}
	var hits Lenient[many[Lenient[SourceRow]]]
	_ = hits.UnmarshalJSON(said.Get().Hits)
	for _, hit := range hits.Get() {
		if row := hit.Get(); row.ID != 0 {
			a.Rows = append(a.Rows, row)
		}
	}
	return nil
}

// MySource is a source that the caller has access to (M).
type MySource struct {
	ID            Int           `json:"id"`
	Name          Text          `json:"name"`
	Type          Lenient[Text] `json:"type"`
	SQLTableName  Lenient[Text] `json:"sqlTableName"`
	SQLSchemaName Lenient[Text] `json:"sqlSchemaName"`
	Technology    Lenient[Text] `json:"blobHandlerType"`
	SparkUseJDBC  Lenient[Bool] `json:"sparkUseJDBC"`
}

// MySources lists what the caller has access to: GET /dataSource/rpc/mine, in one answer (M).
func (c *Client) MySources(ctx context.Context) ([]MySource, error) {
	return get[bare[MySource]](ctx, c, "/dataSource/rpc/mine", nil)
}

// HandlerType is a technology that the caller may register sources of (M).
type HandlerType struct {
	Name    Lenient[Text]            `json:"name"`
	BaseURL Lenient[Text]            `json:"baseUrl"`
	Port    Lenient[Int]             `json:"port"`
	Driver  Lenient[Text]            `json:"driver"`
	Config  Lenient[json.RawMessage] `json:"config"`
}

// HandlerTypes lists the technologies: GET /dataSource/blobHandlerTypes.
func (c *Client) HandlerTypes(ctx context.Context) ([]HandlerType, error) {
	return get[handlerTypes](ctx, c, "/dataSource/blobHandlerTypes", nil)
}

// handlerTypes is an array or an object that holds one technology under each name: which is not known (L).
type handlerTypes []HandlerType

func (h *handlerTypes) UnmarshalJSON(b []byte) error {
	var byName map[string]HandlerType
	if json.Unmarshal(b, &byName) != nil || len(byName) == 0 || !allNamed(byName) {
		return json.Unmarshal(b, (*bare[HandlerType])(h))
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		*h = append(*h, byName[name])
	}
	return nil
}

// allNamed gives each technology the name it is listed under, if its entry has none. An object that describes no technology
// under some key is something else.
func allNamed(byName map[string]HandlerType) bool {
	for name, one := range byName {
		if !one.Name.Answered && !one.BaseURL.Answered && !one.Config.Answered && !one.Port.Answered && !one.Driver.Answered {
			return false
		}
		if one.Name.Get() == "" {
			text := Text(name)
			one.Name = Lenient[Text]{Answered: true, Value: &text}
			byName[name] = one
		}
	}
	return true
}

// PurposeSource is a source with a policy that restricts its use to purposes (M).
type PurposeSource struct {
	ID Int `json:"id"`
	// Name is an array in the reference, which cannot be meant (L).
	Name         one[Text]                       `json:"name"`
	PolicyID     Lenient[Int]                    `json:"policyId"`
	Restrictions Lenient[many[PurposeCondition]] `json:"restrictions"`
}

// PurposeCondition is a restriction to all ("and") or any ("or") of some purposes (M).
type PurposeCondition struct {
	Operator Lenient[Text]  `json:"operator"`
	Purposes Lenient[texts] `json:"purposes"`
}

// SourcesByPurpose lists the sources that fit a set of purposes: GET /dataSource/byPurposes, in one answer (M).
func (c *Client) SourcesByPurpose(ctx context.Context, purposes []string, excludedProjects []int64) ([]PurposeSource, error) {
	query := queryOf(struct {
		Purposes         []string `url:"purposes,omitempty"`
		ExcludedProjects []int64  `url:"excludedProjects,omitempty"`
	}{purposes, excludedProjects})
	return get[bare[PurposeSource]](ctx, c, "/dataSource/byPurposes", query)
}
