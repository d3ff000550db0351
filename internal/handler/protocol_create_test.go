package handler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// sameTable is a source for the table of [protoConfig].
func sameTable() fake.SourceSpec {
	return fake.SourceSpec{Name: "Orders", Schema: "SALES", Table: "ORDERS"}
}

// TestProtocolLostCreateIsFoundAgain loses the answer to a request that registers a source or brings it back, after it took effect.
func TestProtocolLostCreateIsFoundAgain(t *testing.T) {
	t.Parallel()
	late := fake.Fault{Method: "POST", When: fake.After, Hang: true}
	documented := attrs{"documentation": "Found again."}
	for name, test := range map[string]struct {
		left     func(*fake.Tenant)
		fault    fake.Fault
		settings attrs
		changes  attrs
		warns    []string
	}{
		"an error":          {fault: fake.Fault{Method: "POST", Status: 500, When: fake.After}},
		"a request timeout": {fault: late, settings: attrs{"request_timeout": "500ms"}, changes: documented},
		"the operation's time": {
			fault: late, changes: attrs{"timeouts.create": "500ms"}, // The look-up has time of its own.
			warns: []string{"Reading the new data source 100 back failed", "the create timeout (500ms) ran out"},
		},
		"a restore": {
			left: leaveDisabled, changes: documented,
			fault: fake.Fault{Method: "PUT", Path: "/dataSource/*", Status: 500, When: fake.After},
			warns: []string{"A disabled data source was restored", "id 100", "(owner)"},
		},
	} {
		for _, retries := range []int{4, 0} {
			t.Run(fmt.Sprintf("%s, %d retries", name, retries), func(t *testing.T) {
				env := acctest.New(t)
				if test.left != nil {
					test.left(env.Tenant)
				}
				env.Tenant.Fault(test.fault)
				p := env.Protocol(merged(test.settings, attrs{"max_retries": retries}))
				config := protoConfig(test.changes)
				r, diags := p.Apply(absent(), config)
				diags.WantNoError(t)
				if test.warns != nil {
					diags.WantWarning(t, test.warns...)
				} else {
					diags.WantNone(t)
				}
				if n := env.Tenant.Journal().Count("POST", "/snowflake/handler"); n != 1 {
					t.Fatalf("%d POSTs", n)
				}
				wantConfigured(t, env.Tenant, r, config)
				p.WantEmptyPlan(t, r, config)
			})
		}
	}
}

func TestProtocolLostCreateWithoutAnyAnswerSaysSo(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.Fault(fake.Fault{Status: 500, When: fake.After, Times: fake.Always, Message: "the disk is full"})
	diags := env.Protocol(nil).TryApply(absent(), protoConfig())
	diags.WantError(t, `Creating the data source "Orders" failed`, "POST /snowflake/handler: 500", "the disk is full", "Immuta's logs")
	diags.WantWarningAt(t, "name", "Whether the data source was created is not known",
		`terraform import immuta_snowflake_data_source.<name> 'name:Orders'`)
}

func TestProtocolCreateAdoptsNothingLive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		// Of the source that is there: whether it is somebody else's, stands for another table, or was there long before.
		strange, other, older bool
		// taken says that Immuta says so; otherwise the create just fails.
		taken bool
	}{
		"somebody else's, made in the same second":                    {strange: true},
		"an older one of the caller's own":                            {older: true},
		"the caller's own, of another table, made in the same second": {other: true},
		"the caller's own, when Immuta says that the name is taken":   {taken: true},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			there := sameTable()
			if test.strange {
				there.CreatedBy, _ = env.Tenant.AddUser("Somebody Else")
			}
			if test.other {
				there.Table = "RETURNS"
			}
			if test.older {
				env.Tenant.AddSource(there)
				env.Tenant.Advance(time.Minute)
			} else {
				env.Tenant.Before("POST", "/snowflake/handler", func(*fake.Request) { env.Tenant.AddSource(there) })
			}
			if !test.taken {
				env.Tenant.Fault(fake.Fault{Method: "POST", Status: 500})
			}
			diags := env.Protocol(nil).TryApply(absent(), protoConfig())
			id := onlySource(t, env.Tenant).ID
			diags.WantErrorAt(t, "name", "The data source is there already", fmt.Sprintf("data source %d", id), "live",
				fmt.Sprintf("terraform import immuta_snowflake_data_source.<name> '%d'", id))
			if writes := env.Tenant.Journal().Writes(); len(writes) != 1 {
				t.Fatalf("changed something: %q", writes.Lines())
			}
		})
	}
}

func TestProtocolFailedReadBackIsAWarning(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/dataSource/*", "/snowflake/handler/*"} {
		t.Run(path, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			fault := fake.Fault{Method: "GET", Path: path, Status: 403, Message: "not yet", Times: fake.Always}
			env.Tenant.Fault(fault)
			r, diags := p.Apply(absent(), protoConfig())
			diags.WantNoError(t)
			diags.WantWarning(t, "Reading the new data source 100 back failed", "403", "not yet", "is in the state")
			p.Want(r, "created_at", nil)

			env.Tenant.ClearFaults()
			p.WantEmptyPlan(t, r, protoConfig())
			env.Tenant.Fault(fault)
			changed := protoConfig(attrs{"description": "Changed", "server.warehouse": "OTHER_WH"})
			r, diags = p.Apply(r, protoConfig(attrs{"description": "Changed"}))
			diags.WantNoError(t)
			diags.WantWarning(t, "Reading data source 100 (Orders) back failed", "The update itself succeeded")
			env.Tenant.ClearFaults()
			p.Settled(r, changed)
		})
	}
}

func TestProtocolUnfinishedCreateIsAWarningThatTheNextApplyRepairs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  fake.Fault
		config acctest.Config
	}{
		"settings":  {fake.Fault{Method: "PUT", Path: "/dataSource/*", Status: 403}, protoConfig(attrs{"documentation": "Longer."})},
		"disabling": {fake.Fault{Method: "PUT", Path: "/dataSource/bulk/disable", Status: 403}, protoConfig(attrs{"enabled": false})},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			env.Tenant.Fault(test.fault)
			r, diags := p.Apply(absent(), test.config)
			diags.WantNoError(t)
			diags.WantWarning(t, "Completing the new data source 100 failed", "403", "the next apply repairs it")
			r = p.Settled(p.Refreshed(r), test.config)
			wantConfigured(t, env.Tenant, r, test.config)
		})
	}
}

// TestProtocolRestoreThatStoppedHalfWaySendsTheWholeConfiguration: the handler's id is planned as unknown then, and may not get lost
// where reading back fails.
func TestProtocolRestoreThatStoppedHalfWaySendsTheWholeConfiguration(t *testing.T) {
	env := acctest.New(t)
	leaveDisabled(env.Tenant)
	p := env.Protocol(nil)
	env.Tenant.Fault(fake.Fault{Method: "PUT", Path: "/snowflake/handler/*", Status: 500})
	r, diags := p.Apply(absent(), protoConfig())
	diags.WantNoError(t)
	diags.WantWarningAt(t, "name", "A disabled data source was restored")
	diags.WantWarning(t, "Completing the new data source 100 failed")

	r = p.Refreshed(r)
	p.TryPlan(r, protoConfig()).WantWarning(t, "The last change was not finished")
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/*", Status: 403, Times: fake.Always})
	r = applied(t, p, r, protoConfig())
	p.Want(r, "handler_id", 50000)
	env.Tenant.ClearFaults()
	wantConfigured(t, env.Tenant, r, protoConfig())
	p.WantEmptyPlan(t, r, protoConfig())
}

// TestProtocolRenameReachesTheHandlerLater: a rename touches no connection, and its copy of the name follows with the next change.
func TestProtocolRenameReachesTheHandlerLater(t *testing.T) {
	env, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	for _, change := range []attrs{{"name": "Renamed"}, {"name": "Renamed", "event_time_column": "ORDERED_AT"}} {
		r = p.Settled(r, protoConfig(change))
	}
	metadata, _ := env.Tenant.Handler(sourceOf(t, env.Tenant, r).HandlerID)
	wantSame(t, "the handler's name", metadata["dataSourceName"], "Renamed")
	if n := env.Tenant.Journal().Count("PUT", "/snowflake/handler/*"); n != 1 {
		t.Errorf("%d writes of the handler", n)
	}
}

func TestProtocolRefusedUpdateLeavesNothingBehind(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.AddSource(fake.SourceSpec{Name: "Taken"})
	p := env.Protocol(nil)
	r := create(t, p, protoConfig())
	r, diags := p.Apply(r, protoConfig(attrs{"name": "Taken"}))
	diags.WantErrorAt(t, "name", "already exists")
	p.PlansEmpty(r, protoConfig())
}

// TestProtocolUnreadableTwinIsReportedAsSuch: what could not be read is not passed off as another table.
func TestProtocolUnreadableTwinIsReportedAsSuch(t *testing.T) {
	env := acctest.New(t)
	leaveDisabled(env.Tenant)
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/snowflake/handler/*", Status: 500, Message: "the disk is full"})
	_, diags := env.Protocol(nil).Apply(absent(), protoConfig())
	diags.WantError(t, "the disk is full")
	if strings.Contains(strings.Join(diags.Errors(), ""), "The data source is there already") {
		t.Fatalf("claims to know what it could not read: %q", diags.Errors())
	}
}

// TestProtocolCreateAnsweredAboutAnotherSource: the state must not hold what is somebody else's, or a destroy would take it.
func TestProtocolCreateAnsweredAboutAnotherSource(t *testing.T) {
	env := acctest.New(t)
	other := env.Tenant.AddSource(fake.SourceSpec{Name: "Somebody's"})
	was, _ := env.Tenant.Source(other)
	p := env.Protocol(nil)
	env.Tenant.Fault(fake.Fault{
		Method: "POST", Path: "/snowflake/handler", When: fake.After, Status: 200,
		Body: fmt.Sprintf(`{"id": %d, "dataSourceId": %d}`, was.HandlerID, other),
	})
	p.TryApply(absent(), protoConfig()).WantErrorAt(t, "name", "another data source", "Somebody's", "name:Orders")
	p.TryApply(absent(), protoConfig()).WantErrorAt(t, "name", "The data source is there already", "terraform import")
	if is, _ := env.Tenant.Source(other); is.UpdatedAt != was.UpdatedAt {
		t.Errorf("the other source was changed: %+v", is)
	}
}

// TestProtocolLostCreateWithoutAHandlerSaysThatTheSourceExists: the look-up finds the source, and its handler is not found.
func TestProtocolLostCreateWithoutAHandlerSaysThatTheSourceExists(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.Fault(fake.Fault{Method: "POST", Status: 500, When: fake.After})
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/snowflake/handler/*", Status: 404, Times: fake.Always})
	diags := env.Protocol(nil).TryApply(absent(), protoConfig())
	diags.WantError(t, `Creating the data source "Orders" failed`, "500")
	diags.WantWarningAt(t, "name", "Data source 100 may be the one that was to be created", "404",
		"terraform import immuta_snowflake_data_source.<name> '100'")
}

// TestProtocolWarningsAreNotFolded restores two sources at once: Terraform shows only the first of several warnings that have
// the same summary.
func TestProtocolWarningsAreNotFolded(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	summaries := map[string]bool{}
	for i, name := range []string{"Orders", "Returns"} {
		config := protoConfig(attrs{"name": name, "remote_table": name})
		create(t, p, config)
		env.Tenant.Disable(100 + i)
		_, diags := p.Apply(absent(), config)
		diags.WantNoError(t)
		diags.WantWarning(t, "A disabled data source was restored", name, "see to it that one state holds a source")
		for _, d := range diags {
			summaries[d.Summary] = true
		}
	}
	if len(summaries) != 2 {
		t.Errorf("two warnings, summed up as %v", summaries)
	}
}
