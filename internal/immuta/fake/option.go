package fake

import (
	"net/http"
	"time"
)

// An Option changes how a tenant behaves. Most of them switch one point on which what is known about Immuta leaves room;
// the package comment says which way the default goes.
type Option func(*Tenant)

type settings struct {
	latency              time.Duration
	accessUpserts        bool
	arrays               bool
	connections          bool
	duplicateTableStatus int
	deny                 denials
	emptyTexts           bool
	foldedIdentifiers    bool
	groupObjects         bool
	ignoredExpirations   bool
	ignoredSettings      map[string]bool
	jobDelay             int
	lowerCaseHostnames   bool
	metadataKeys         map[string]bool
	numericBulkIDs       bool
	numericStrings       bool
	pageCap              int // 0: none
	pendingStates        bool
	plainJobNames        bool
	repeatedPages        bool
	separateTableNames   bool
	subscribeByQuery     bool
	unlistedKeys         bool
	warnings             string
	without              map[Feature]bool
	withoutAccessAnswers bool
	withoutAuthMethod    bool
	withoutConnString    bool
	withoutCounts        bool
	withoutHardDelete    bool
	withoutJobList       bool
}

func defaultSettings() settings {
	return settings{
		duplicateTableStatus: http.StatusBadRequest,
		ignoredSettings:      map[string]bool{},
		jobDelay:             1,
		metadataKeys:         map[string]bool{},
		without:              map[Feature]bool{},
	}
}

// WithTechnology adds a technology, or replaces the one with the same prefix.
func WithTechnology(tech Technology) Option { return func(t *Tenant) { t.register(&tech) } }

// WithAPIKey sets the default user's API key.
func WithAPIKey(key string) Option {
	return func(t *Tenant) { t.userByProfile(DefaultProfileID).apiKey = key }
}

// WithEpoch starts the tenant's clock at another moment than Epoch. Ids do not depend on it: so this is another tenant with
// the same ids, whose objects were created at other times. It belongs in New, because it moves nothing that exists but the
// default user.
func WithEpoch(at time.Time) Option {
	return func(t *Tenant) {
		t.clock.now = at.UTC()
		t.userByProfile(DefaultProfileID).since = t.clock.now
	}
}

// WithLatency delays every answer by that much of real time. Requests take effect at once, and wait side by side.
func WithLatency(d time.Duration) Option { return func(t *Tenant) { t.settings.latency = d } }

// WithPageCap returns at most n rows at once from every list that has pages, whatever size the request wants. Counts stay
// as they are. 0 takes the cap away.
func WithPageCap(n int) Option { return func(t *Tenant) { t.settings.pageCap = n } }

// WithRepeatedPages ignores the offset in every list that has pages, so that each page is the first.
func WithRepeatedPages() Option { return func(t *Tenant) { t.settings.repeatedPages = true } }

// WithoutCounts leaves out of every list that has pages how many rows there are in all. What asks for nothing but a count
// still gets it.
func WithoutCounts() Option { return func(t *Tenant) { t.settings.withoutCounts = true } }

// WithAccessUpserts makes giving access to somebody who has it already change that access, where the default is to refuse.
func WithAccessUpserts() Option { return func(t *Tenant) { t.settings.accessUpserts = true } }

// WithoutAccessAnswers answers an empty object to whatever changes access.
func WithoutAccessAnswers() Option { return func(t *Tenant) { t.settings.withoutAccessAnswers = true } }

// WithIgnoredExpirations accepts expirations of access and keeps none.
func WithIgnoredExpirations() Option { return func(t *Tenant) { t.settings.ignoredExpirations = true } }

// WithPendingStates shows "pending" as the state of a member who is not approved yet, where the default is the role that
// was asked for.
func WithPendingStates() Option { return func(t *Tenant) { t.settings.pendingStates = true } }

// WithGroupObjects names a group in a member's row by an object, where the default is its id.
func WithGroupObjects() Option { return func(t *Tenant) { t.settings.groupObjects = true } }

// WithRequestDenialsOnly refuses to deny a subscription that is not pending, so that nobody can remove a member.
func WithRequestDenialsOnly() Option { return func(t *Tenant) { t.settings.deny = pendingOnly } }

// WithIgnoredDenials accepts the denial of a subscription and changes nothing.
func WithIgnoredDenials() Option { return func(t *Tenant) { t.settings.deny = ignored } }

// WithSubscribeByQuery makes subscribing want the source's id in the query too.
func WithSubscribeByQuery() Option { return func(t *Tenant) { t.settings.subscribeByQuery = true } }

// WithArrays answers an array of one where the reference says array[object] and the examples show an object: a handler, and
// a source's blobHandler.
func WithArrays() Option { return func(t *Tenant) { t.settings.arrays = true } }

// WithNumericStrings answers every number as a string.
func WithNumericStrings() Option { return func(t *Tenant) { t.settings.numericStrings = true } }

// WithNumericBulkIDs answers bulkId as a number.
func WithNumericBulkIDs() Option { return func(t *Tenant) { t.settings.numericBulkIDs = true } }

// WithPlainJobNames answers the job triggers with the bare name as text, not as a JSON string.
func WithPlainJobNames() Option { return func(t *Tenant) { t.settings.plainJobNames = true } }

// WithEmptyTexts answers "" for a text that is empty, where the default is null.
func WithEmptyTexts() Option { return func(t *Tenant) { t.settings.emptyTexts = true } }

// WithUnlistedKeys puts the keys into a source's record that the documented record does not list: organization, category,
// hasExamples, private and connectionString.
func WithUnlistedKeys() Option { return func(t *Tenant) { t.settings.unlistedKeys = true } }

// WithIgnoredSettings makes PUT /dataSource/{id} accept these keys and change nothing.
func WithIgnoredSettings(keys ...string) Option {
	return func(t *Tenant) {
		for _, key := range keys {
			t.settings.ignoredSettings[key] = true
		}
	}
}

// WithSeparateTableNames keeps a source's sqlTableName and its handler's bodataTableName apart: each is changed by its own
// route, where the default is that they follow each other.
func WithSeparateTableNames() Option { return func(t *Tenant) { t.settings.separateTableNames = true } }

// WithMetadataKeys makes every technology accept further keys in its handler's metadata.
func WithMetadataKeys(keys ...string) Option {
	return func(t *Tenant) {
		for _, key := range keys {
			t.settings.metadataKeys[key] = true
		}
	}
}

// WithoutConnectionString leaves connectionString out of the answer to a create.
func WithoutConnectionString() Option { return func(t *Tenant) { t.settings.withoutConnString = true } }

// WithoutAuthenticationMethod leaves authenticationMethod out of a handler's metadata.
func WithoutAuthenticationMethod() Option {
	return func(t *Tenant) { t.settings.withoutAuthMethod = true }
}

// WithoutHardDelete leaves hardDelete out of the answer to a delete, as older servers do.
func WithoutHardDelete() Option { return func(t *Tenant) { t.settings.withoutHardDelete = true } }

// WithoutJobList answers 404 to GET /jobs, as tenants do that only know POST /jobs/statuses.
func WithoutJobList() Option { return func(t *Tenant) { t.settings.withoutJobList = true } }

// WithWarnings puts a warning into the answer to every create. The empty text takes it away.
func WithWarnings(text string) Option { return func(t *Tenant) { t.settings.warnings = text } }

// WithFoldedIdentifiers stores database, schema and table of the remote in the case that its technology folds identifiers
// to.
func WithFoldedIdentifiers() Option { return func(t *Tenant) { t.settings.foldedIdentifiers = true } }

// WithLowerCaseHostnames stores the remote's hostname in lower case.
func WithLowerCaseHostnames() Option { return func(t *Tenant) { t.settings.lowerCaseHostnames = true } }

// WithDuplicateTableStatus answers a table that is already registered with this status.
func WithDuplicateTableStatus(status int) Option {
	return func(t *Tenant) { t.settings.duplicateTableStatus = status }
}

// WithJobDelay makes a job take effect at the start of the n-th request after the one that started it. 0 means before that
// one is answered.
func WithJobDelay(n int) Option { return func(t *Tenant) { t.settings.jobDelay = n } }

// WithConnections makes the tenant one whose sources belong to connections: the calls that are deprecated there are refused
// with an explanation.
func WithConnections() Option { return func(t *Tenant) { t.settings.connections = true } }
