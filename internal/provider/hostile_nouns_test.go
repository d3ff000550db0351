package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A noun is what the tests of a hostile environment have to know of one kind of resource.
type noun struct {
	resource string
	// variant tells entries of one resource type apart.
	variant string
	// arrange prepares the tenant for the configuration that it returns, and puts an object of the same kind beside it.
	arrange func(*stage) acctest.Config
	// edit is a change of the configuration that needs a request; nil where none can.
	edit acctest.Config
	// edited tells whether the tenant holds the edit, where no refresh shows it.
	edited func(*stage) bool
	// count counts what the tenant holds of the object: a half of a destroy leaves it there.
	count func(*stage) int
	// remove takes the object away behind the provider's back.
	remove func(*stage)

	// importAs is the import id, with a $ before the names of attributes, and unread are the attributes that an import leaves null.
	importAs string
	unread   []string
	// own are the routes that answer what a refresh and a destroy ask of the object.
	own []string
	// believed says that a 404 in Immuta's own form, to the own routes alone, is believed: no list shows such an object, and
	// the caller's own user is the second witness.
	believed bool
	// swaps are reads, and the other object whose answer they may get; nil where no answer tells what it is about.
	swaps func(*stage) map[string]string
	// alone says that the object belongs to no source, and tied that it goes with its source only.
	alone, tied bool
	// remade says that the edit makes the object again where it is gone.
	remade bool
	// proof says that Immuta returns what tells the object from one with the same id elsewhere.
	proof bool
	// opaque says that any answer to the read with status 2xx is the object.
	opaque bool
	// lost says that a lost answer to the create may leave one object more, as the documentation says.
	lost bool
	// simple says that another entry makes the same requests when it is created.
	simple bool
	// options are how the tenant differs from others.
	options []fake.Option
	// asGrace acts as a user who owns nothing.
	asGrace bool
}

func (n *noun) name() string { return strings.TrimSpace(n.resource + " " + n.variant) }

// A stage is a tenant on which a noun plays.
type stage struct {
	*acctest.Env
	noun
	t        *testing.T
	grace    int
	graceKey string
	// source is what the noun belongs to, other another one. For a source itself, other is its like.
	source, other int
	rival         int // the object beside
	config        acctest.Config
}

// newStage is a tenant that holds nothing but its users.
func (n *noun) newStage(t *testing.T, options ...fake.Option) *stage {
	t.Helper()
	s := &stage{Env: acctest.NewSerial(t, append(options, n.options...)...), noun: *n, t: t}
	s.grace, s.graceKey = s.Tenant.AddUser("Grace Hopper", fake.CreateDataSource, fake.CreateS3DataSource)
	return s
}

// play is a stage on which the object has been created and refreshed.
func (n *noun) play(t *testing.T, options ...fake.Option) (*stage, acctest.Resource) {
	t.Helper()
	s := n.newStage(t, options...)
	s.config = n.arrange(s)
	return s, s.create()
}

func (s *stage) absent() acctest.Resource { return acctest.Resource{Type: s.resource} }

func (s *stage) create() acctest.Resource {
	s.t.Helper()
	r := s.provider(nil).MustApply(s.t, s.absent(), s.config)
	if !s.alive() {
		s.t.Fatal("nothing was created")
	}
	return r
}

func (s *stage) alive() bool { return s.count(s) > 0 }

// provider is a provider that has read nothing yet, as Terraform starts one for each of its runs. Waiting for something that
// never comes ends, as the timeout of an operation ends it, after many polls.
func (s *stage) provider(settings attrs) *acctest.Protocol {
	s.t.Helper()
	all := attrs{}
	if s.asGrace {
		all["api_key"] = s.graceKey
	}
	for key, value := range settings {
		all[key] = value
	}
	return s.Protocol(all, func(c *immuta.Config) {
		var waits atomic.Int32
		c.Wait = func(ctx context.Context, _ time.Duration) error {
			if waits.Add(1) > 100 {
				return errors.New("no more patience")
			}
			return ctx.Err()
		}
	})
}

// elsewhere is a provider that is pointed at another host.
func (s *stage) elsewhere(url string) *acctest.Protocol { return s.provider(attrs{"host": url}) }

func nouns() []noun {
	server := func(more attrs) attrs {
		login := attrs{"hostname": "acme.example.com", "database": "PROD", "username": "IMMUTA", "password_wo": "correct-Horse-battery"}
		for key, value := range more {
			login[key] = value
			if value == nil {
				delete(login, key)
			}
		}
		return attrs{"remote_schema": "SALES", "remote_table": "ORDERS", "server": login}
	}
	bricks := server(attrs{
		"username": nil, "password_wo": nil, "http_path": "/sql/1.0/warehouses/demo", "access_token_wo": "correct-Horse-battery",
	})
	snowflake := server(attrs{"warehouse": "IMMUTA_WH"})
	disabled := sourceNoun("snowflake", "Snowflake", snowflake, attrs{"on_destroy": "disable"})
	disabled.variant, disabled.own = "disabling", append(disabled.own, "/dataSource/bulk/disable")
	disabled.count = func(s *stage) int {
		return countIf(s.Tenant.Sources(), func(one fake.Source) bool { return one.Name == sourceName && !one.Deleted })
	}
	group := accessNoun(func(s *stage) (string, int) { return "group_id", fake.DefaultGroupID })
	group.variant, group.importAs = "of a group", "$data_source_id/group:$group_id"
	resolved := commentNoun(attrs{"resolved": true})
	resolved.variant, resolved.edit = "resolved", nil
	each := unmaskNoun(fake.DefaultProfileID)
	each.variant, each.options = "with a task for each", []fake.Option{fake.WithTaskPerTarget()}
	whole := dictionaryNoun(attrs{"exclusive": true})
	whole.variant, whole.unread = "as a whole", append(whole.unread, "exclusive")
	return []noun{
		sqlLike(sourceNoun("azure_synapse", "Synapse", server(nil))),
		sqlLike(sourceNoun("databricks", "Databricks", bricks)),
		sqlLike(sourceNoun("redshift", "Redshift", server(nil))),
		sourceNoun("s3", "Native S3", attrs{"integration_id": 4, "prefix": "sales/orders"}),
		sourceNoun("snowflake", "Snowflake", snowflake),
		sqlLike(sourceNoun("trino", "Trino", server(nil))),
		disabled,
		dictionaryNoun(), whole,
		accessNoun(func(s *stage) (string, int) { return "profile_id", s.grace }), group,
		subscriptionNoun(), tagsNoun(), accountNoun(), commentNoun(), resolved, unmaskNoun(), each, blobNoun(),
	}
}

// sqlLike marks an entry as simple: every SQL technology has the lifecycle of Snowflake.
func sqlLike(n noun) noun {
	n.simple = true
	return n
}

const sourceName = "Sales Orders"

func countIf[T any](list []T, fits func(T) bool) int {
	return len(slices.DeleteFunc(slices.Clone(list), func(one T) bool { return !fits(one) }))
}

func sourceNoun(name, label string, changes ...attrs) noun {
	config := acctest.Config{"name": sourceName, "on_destroy": "delete"}
	for _, change := range changes {
		config = config.Merge(change)
	}
	named := func(one fake.Source) bool { return one.Name == sourceName }
	id := func(s *stage) int {
		list := s.Tenant.Sources()
		return list[slices.IndexFunc(list, named)].ID
	}
	return noun{
		resource: "immuta_" + name + "_data_source",
		arrange: func(s *stage) acctest.Config {
			s.other = s.Tenant.AddSource(fake.SourceSpec{Name: "Other orders", Technology: label})
			return config
		},
		edit:   acctest.Config{"description": "One row for each order."},
		count:  func(s *stage) int { return countIf(s.Tenant.Sources(), named) },
		remove: func(s *stage) { s.Tenant.Destroy(id(s)) },
		own:    []string{"/dataSource/10*"}, // not the listing
		swaps: func(s *stage) map[string]string {
			return map[string]string{fmt.Sprintf("/dataSource/%d", id(s)): fmt.Sprintf("/dataSource/%d", s.other)}
		},
		proof: true,
	}
}

// child arranges two sources, and then what belongs to one of them.
func child(config func(*stage) acctest.Config) func(*stage) acctest.Config {
	return func(s *stage) acctest.Config {
		s.source = s.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
		s.other = s.Tenant.AddSource(fake.SourceSpec{Name: "Other orders"})
		return config(s).Merge(acctest.Config{"data_source_id": s.source})
	}
}

// ofOther swaps a read under the source for the one under the other source.
func ofOther(format string) func(*stage) map[string]string {
	return func(s *stage) map[string]string {
		return map[string]string{fmt.Sprintf(format, s.source): fmt.Sprintf(format, s.other)}
	}
}

func dictionaryNoun(changes ...attrs) noun {
	const added = "total"
	column := attrs{"data_type": "text", "remote_type": "varchar"}
	described := attrs{"data_type": "text", "remote_type": "varchar", "description": "In euros."}
	return noun{
		resource: "immuta_data_dictionary",
		remade:   true,
		importAs: "$data_source_id",
		unread:   []string{"on_destroy"},
		arrange: child(func(s *stage) acctest.Config {
			config := acctest.Config{"columns": attrs{added: column}, "on_destroy": "delete"}
			for _, change := range changes {
				config = config.Merge(change)
			}
			if config["exclusive"] == true { // Nothing is there to be removed, of which a plan would warn.
				s.Tenant.UpdateDictionary(s.source, func(d *fake.Dictionary) { d.Columns = []fake.Column{} })
			}
			return config
		}),
		edit: acctest.Config{"columns": attrs{added: described}},
		count: func(s *stage) int {
			d, _ := s.Tenant.Dictionary(s.source)
			return countIf(d.Columns, func(c fake.Column) bool { return c.Name == added })
		},
		remove:   func(s *stage) { s.Tenant.DeleteDictionary(s.source) },
		own:      []string{"/dictionary/*"},
		believed: true,
		swaps:    ofOther("/dictionary/%d"),
		proof:    true,
	}
}

// accessNoun is access of whom grantee names. A list of members does not tell whose they are.
func accessNoun(grantee func(*stage) (key string, id int)) noun {
	is := func(s *stage) func(fake.Member) bool {
		_, id := grantee(s)
		return func(m fake.Member) bool { return m.ProfileID == id || m.GroupID == id }
	}
	return noun{
		resource: "immuta_data_source_access",
		importAs: "$data_source_id/profile:$profile_id",
		arrange: child(func(s *stage) acctest.Config {
			key, id := grantee(s)
			return acctest.Config{key: id, "role": "subscribed"}
		}),
		edit:  acctest.Config{"role": "expert"},
		count: func(s *stage) int { return countIf(s.Tenant.Members(s.source), is(s)) },
		remove: func(s *stage) {
			list := s.Tenant.Members(s.source)
			s.Tenant.RemoveMember(s.source, list[slices.IndexFunc(list, is(s))].SubscriptionID)
		},
		own:   []string{"/dataSource/*/access", "/dataSource/*/access/*", "/subscription/deny"},
		proof: true,
	}
}

func subscriptionNoun() noun {
	is := func(s *stage) func(fake.Member) bool {
		return func(m fake.Member) bool { return m.ProfileID == s.grace }
	}
	return noun{
		resource: "immuta_subscription",
		importAs: "$data_source_id",
		arrange: child(func(s *stage) acctest.Config {
			s.Tenant.UpdateSource(s.source, func(one *fake.Source) { one.SubscriptionType = "automatic" })
			return acctest.Config{}
		}),
		count: func(s *stage) int { return countIf(s.Tenant.Members(s.source), is(s)) },
		remove: func(s *stage) {
			list := s.Tenant.Members(s.source)
			s.Tenant.RemoveMember(s.source, list[slices.IndexFunc(list, is(s))].SubscriptionID)
		},
		own:     []string{"/dataSource/10*", "/dataSource/*/unsubscribe"},
		swaps:   ofOther("/dataSource/%d"),
		proof:   true,
		asGrace: true,
	}
}

func tagsNoun() noun {
	tags := func(names ...string) acctest.Config {
		list := []any{}
		for _, name := range names {
			list = append(list, attrs{"name": name})
		}
		return acctest.Config{"tags": list}
	}
	return noun{
		resource: "immuta_data_source_tags",
		tied:     true,
		importAs: "$data_source_id",
		arrange:  child(func(*stage) acctest.Config { return tags("PII") }),
		edit:     tags("PII", "Finance"),
		count: func(s *stage) int {
			source, _ := s.Tenant.Source(s.source)
			return countIf(source.Tags, func(tag fake.Tag) bool { return tag.Name == "PII" })
		},
		// Without its tags, the resource is there still, and shows drift.
		remove: func(s *stage) { s.Tenant.Destroy(s.source) },
		own:    []string{"/dataSource/*/tags", "/tag/datasource/*", "/tag/datasource/*/*"},
	}
}

func accountNoun() noun {
	const user = "ada_sql"
	return noun{
		resource: "immuta_sql_account",
		alone:    true,
		importAs: "$username",
		unread:   []string{"password"},
		arrange:  func(*stage) acctest.Config { return acctest.Config{"username": user, "password": "first-Pa55word"} },
		edit:     acctest.Config{"password": "second-Pa55word"},
		edited:   func(s *stage) bool { return s.Tenant.SQLAccounts()[user].Password == "second-Pa55word" },
		count:    func(s *stage) int { return len(s.Tenant.SQLAccounts()) },
		remove:   func(s *stage) { s.Tenant.RemoveSQLAccount(user) },
		own:      []string{"/dataSource/featureStore", "/dataSource/featureStore/**"},
	}
}

func commentNoun(changes ...attrs) noun {
	const body = "Nulls since Monday."
	is := func(one fake.Comment) bool { return one.Body == body }
	id := func(s *stage) int {
		list := s.Tenant.Comments(s.source)
		return list[slices.IndexFunc(list, is)].ID
	}
	return noun{
		resource: "immuta_data_source_comment",
		importAs: "$data_source_id/$id",
		arrange: child(func(s *stage) acctest.Config {
			s.rival = s.Tenant.AddComment(s.source, fake.Comment{Body: "Another one."})
			config := acctest.Config{"body": body}
			for _, change := range changes {
				config = config.Merge(change)
			}
			return config
		}),
		edit:   acctest.Config{"resolved": true},
		count:  func(s *stage) int { return countIf(s.Tenant.Comments(s.source), is) },
		remove: func(s *stage) { s.Tenant.RemoveComment(s.source, id(s)) },
		own:    []string{"/dataSource/*/comments/*"},
		swaps: func(s *stage) map[string]string {
			const format = "/dataSource/%d/comments/%d"
			return map[string]string{fmt.Sprintf(format, s.source, id(s)): fmt.Sprintf(format, s.source, s.rival)}
		},
		proof: true,
		lost:  true,
	}
}

// unmaskNoun asks Grace, and others beside her.
func unmaskNoun(others ...any) noun {
	return noun{
		resource: "immuta_unmask_request",
		importAs: "$data_source_id/$id",
		unread:   []string{"reason", "profile_ids", "task_ids"},
		arrange: child(func(s *stage) acctest.Config {
			s.rival = s.Tenant.AddTask(fake.Task{SourceID: s.other, TargetIDs: []int{s.grace}, Column: "name", Reason: "Another one."})
			return acctest.Config{"column": "name", "reason": "Fraud case 12.", "profile_ids": append([]any{s.grace}, others...)}
		}),
		count: func(s *stage) int {
			tasks := len(s.Tenant.Tasks(s.source))
			if len(others) > 0 && tasks > 1 {
				tasks /= 1 + len(others)
			}
			return tasks
		},
		remove: func(s *stage) {
			for _, task := range s.Tenant.Tasks(s.source) {
				s.Tenant.RemoveTask(task.ID)
			}
		},
		own:   []string{"/dataSource/*/tasks", "/dataSource/tasks/*"},
		swaps: ofOther("/dataSource/%d/tasks"),
		proof: true,
		lost:  true,
	}
}

func blobNoun() noun {
	const id = "2026/orders.csv"
	return noun{
		resource: "immuta_blob",
		importAs: "$data_source_id/$blob_id",
		unread:   []string{"content_base64"},
		arrange:  child(func(*stage) acctest.Config { return acctest.Config{"blob_id": id, "content_base64": "YSxiCjEsMgo="} }),
		count:    func(s *stage) int { return len(s.Tenant.Blobs(s.source)) },
		remove:   func(s *stage) { s.Tenant.RemoveBlob(s.source, id) },
		own:      []string{"/dataSource/*/blob/**"},
		opaque:   true,
	}
}
