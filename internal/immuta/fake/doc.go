// Package fake is an Immuta tenant in memory: an http.Handler that answers the version 1 API the way the documentation and
// real payloads show, for tests and demonstrations that have no account and no network.
//
//	tenant := fake.New()
//	server := httptest.NewServer(tenant)
//	// ... point a client at server.URL with the key fake.DefaultAPIKey ...
//	tenant.Disable(id)                                   // behind the client's back
//	tenant.Fault(fake.Fault{Method: "PUT", Status: 503}) // once
//	tenant.Journal().Count("PUT", "/snowflake/handler/*")
//
// It is strict about what it is sent: a path, a method, a query parameter or a key in a body that there is no reason to
// expect is refused with 4xx and a message that names it. It is generous in what it answers: keys that are documented
// nowhere, nulls, ids as texts.
//
// Seed fills a tenant from a JSON file, and Contents says what is in one.
//
// Time is the tenant's own, but for WithRateLimit and WithLatency. It starts at Epoch, every request takes a millisecond,
// and jobs move on with requests. Ids are handed out in order, from ranges that do not meet, so two runs of a test see the
// same.
//
// # What can go wrong
//
// A Fault strikes single requests, chosen by method, path, order and number. Its kinds:
//
//   - Status, Message, Body, Header, RetryAfter: a refusal, or any answer at all.
//   - When, if After: the request took effect, and its answer is lost to the fault.
//   - Hang: there is never an answer.
//   - Reset: the connection breaks.
//   - Truncate: the answer breaks off in the middle.
//   - HTML: a login page in place of the answer.
//   - Empty: an answer without a body.
//   - As: the answer of another object than the one asked for.
//   - Duplicate: the real answer, with each row in it there twice.
//   - Echo: a refusal that quotes every secret sent so far, in one of the forms of Echoes.
//
// Templates leave the method, the path and the number to the test:
//
//   - Gateway404s: what stands in front of Immuta knows no such route.
//   - BrokenAnswers: success without what was asked for.
//
// Options change every answer:
//
//   - WithPageCap: pages are smaller than asked for.
//   - WithRepeatedPages: every page is the first.
//   - WithoutCounts: lists do not say how many rows there are in all.
//   - WithLatency: each comes later, by real time.
//   - WithRateLimit: 429 for what comes too fast, by time.Now.
//   - WithEpoch: another tenant.
//
// Two tenants hand out the same ids, have the same user and take the same key, so a client that is pointed at the wrong one
// finds something under every id. What tells them apart is when it was created:
//
//	one, other := fake.New(), fake.New(fake.WithEpoch(fake.Epoch.AddDate(1, 0, 0)))
//	id := one.AddSource(fake.SourceSpec{Name: "Orders"})
//	same := other.AddSource(fake.SourceSpec{Name: "Patients"}) == id // true
//
// And what changes behind the client's back: Before and After run a function in the middle of a request; Disable, Destroy,
// UpdateSource and their like change the tenant; ExpireSessions, RevokeKey and Advance end what let the client in.
//
// # How it is built
//
// Tenant, the router, the journal, the faults and the sources are the core. A technology is a Technology literal and its
// name in technologies, or a WithTechnology from outside. A noun (dictionary, members, jobs, ...) is one file with its
// routes and its state, and a line in nouns. It declares what each route takes, and what serves it:
//
//	func groupNoun() noun {
//		group := keys{"name": required{text}, "email": text, "kind": oneOf("local", "external")}
//		return noun{routes: []route{
//			get("/bim/group", listGroups).taking(parameters{"name": asText, "offset": asNumber, "size": asNumber}),
//			post("/bim/group", group, createGroup),
//			put("/bim/group/{groupId}", group, on((*call).group, updateGroup)),
//			del("/bim/group/{groupId}", on((*call).group, deleteGroup)),
//		}}
//	}
//
// Keys, parameters, types and words that are not declared, and required keys that are missing, are refused before the
// service runs. on hands it what the path names; onSource and onManaged do that for sources. A service returns anything
// that has a JSON form, or an answer for what is not JSON, and refuses with badRequest, notFound, forbidden or notUnique:
//
//	func updateGroup(c *call, g *Group) (any, error) {
//		g.Name = textAt(c.object(), "name")
//		return g.record(), nil
//	}
//
// A list takes copies of what fits (call.wants, call.mentions), makes rows of them (rowsOf), puts them in order
// (call.sorted), cuts the page out (paged) and says how many there are in all (call.counted). State lives in a slot of the
// noun's own: a perSource slot loses what belongs to a source when that is deleted for good. What a test names and must
// exist goes through must.
//
// # Guesses
//
// What follows is not known for certain. (M) is documented or seen in one client, (L) is inferred. Options switch the
// points on which clients could trip.
//
//   - Errors are {"statusCode", "error", "message"}. (M) What a request carries beyond what is expected is 400, a method
//     that a path does not have 405, a body that is not JSON 415. (L)
//   - A name that is taken is 422 with "validation": [{"code": "unique", "path": "name"}] and a message that says "already
//     exists". (M for the text and the code, L for the two together) Names are compared exactly. (L)
//   - A table that is registered already is 400 with a message about duplicate tables. (M for the text, L for the status:
//     WithDuplicateTableStatus) It is the same table when technology, hostname, database, schema and table are the same,
//     case aside; for S3, integration and prefix. Query-backed sources are never the same. (L)
//   - Disabled sources keep their name and their table. (M) Their settings, handlers and dictionaries can still be changed.
//     (L) Everybody sees them. (L)
//   - Moments are answered in UTC with milliseconds, however they were sent. (M)
//   - A tenant fills organization when a create leaves it out. (L)
//   - GET on a source leaves out organization, category, hasExamples, private and connectionString (M: WithUnlistedKeys);
//     PUT answers all but the last. (M)
//   - PUT on a source changes private, expiration and columnEvolutionEnabled. (L: WithIgnoredSettings) It takes a whole
//     record and ignores what cannot be changed. (M) {"deleted": true} is refused. (L) An empty text reads back as null.
//     (L: WithEmptyTexts)
//   - The source's name and the handler's dataSourceName are two values, each changed by its own route. sqlTableName and
//     bodataTableName follow each other (WithSeparateTableNames); sqlSchemaName follows bodataSchemaName. (L)
//   - The answer to the second DELETE has hardDelete (M: WithoutHardDelete) and still says disabled. (L)
//   - PUT /dataSource/bulk/delete does to each source what one DELETE does. (L) In a bulk call a source that does not exist
//     fails its own job and nothing else. (L)
//   - Remote changes are looked for in one job per source, also where a whole schema is crawled. (L) Refreshing views answers
//     nothing. (L)
//   - bulkId is a text. (M: WithNumericBulkIDs) GET /jobs?bulkId= answers an array. (M)
//   - A handler's metadata shows authenticationMethod (L: WithoutAuthenticationMethod) and connectionStringOptions (L),
//     never password, userFiles or columns. (M) The answer of a SQL handler has no "id", that of an S3 handler has the
//     source's. (M)
//   - PUT on a handler takes {"handler": {"metadata": {}}, "connectionString": ""} and {"metadata": {}}, with or without a
//     connectionString. (M) Keys that are not sent are lost; columns are kept. (M) It needs every key that a create needs,
//     secrets included. (L) A key that the handler has may be sent back whatever it is. (L)
//   - A connection string has no user part when there is no username. (L)
//   - What each authentication method needs, where the documentation does not say: keyPair a username and a file,
//     oAuthClientCredentials and Trino's OAuth 2.0 nothing, Kerberos a username, Trino without a method nothing. (L)
//   - The label of S3 sources is "Native S3", skipCache is not a parameter of theirs, and awsLocationPath is "s3://". (L)
//     Several entries in one create answer an array. (L)
//   - A second POST of a dictionary is 400. (L) A column's description is stored. (L) Its columns show isPrimaryKey, as
//     undocumented keys go. (L)
//   - GET /bim/rpc/user/current answers profile.id (M), profile.name, profile.email and permissions. (L)
//   - A user who is neither owner nor governor gets 403 from what changes a source. (M)
//   - Tenants with connections answer 400 to the deprecated calls. (L)
//   - Who has no SQL account is answered a connection without a user. (L: WithSQLAccountNotFound) A second account is 400,
//     somebody else's name 422 with code "unique". (L) A temporary account lasts a day unless it says otherwise, its
//     projectId is a text, and its connection string holds its password. (L) With the engine off every call is 400. (L:
//     WithoutQueryEngine)
//   - GET on one comment answers its author's bare id and its parent, but neither column nor query. (M) The list leaves out
//     replies. (L) Deleting a comment deletes its replies. (L) A column that does not exist is 400. (L)
//   - A request to unmask makes one task for all of the people asked. (L: WithTaskPerTarget) Its values are sent as
//     "values", and the column must exist. (L) A list of tasks that asks for no states has them all, and knows no reasons.
//     (L) GET on a task completes it. (M)
//   - Blobs are sent as multipart/form-data, with "tags" once for each tag. (L) Storing one under an id that is taken
//     overwrites it. (L) An entry in blobsInError is {"blobId", "error"}. (L)
//   - A route that a tenant does not have any more is a 404 in hapi's words, "Not Found". (L: Without)
//   - A search in the modes 4, 5 and 6 answers what mode 0 does, in mode 1 no rows. (L)
//   - What users see of a source follows from its members and tags: each tag of the source is one visibility, which
//     approved members have; each tagged column is masked for all but owners and experts. (L) Who does not manage the
//     source may ask about nobody else. (L) A visibility is {"anyKey": [names]}, the way a column is masked "hash". (L)
//   - Lineage leaves out the side that was not asked for. (L) Purposes that satisfy a restriction find the source. (L)
//   - A feed begins with the registration of its source, and is the newest first. (L)
//   - Owners and experts are the contacts of a source, and those who can unmask its columns. A contact's id is the
//     source's. (L)
//   - A health check is {"status", "lastRun", "message"}; what does not apply is null. Running the checks sets the status
//     of the source. (L)
//   - Pending tasks are rows as in the list of tasks, with a count of 1; offset and size count for each side by itself.
//     With a flag that counts or groups they are rows of "count", with "dataSourceId" or "schemaEvolutionId", or of "rows".
//     (L)
//   - The S3-compatible API refuses in XML, the way S3 does, but for who is not let in. (L) A source is a folder named
//     after its table in Immuta, and its blobs are the objects. (L) NextMarker comes only with a delimiter. Its marker may
//     be a common prefix, a start-after may not. (S3's own way) Encoded keys write a space as a plus sign. (S3's own way) A
//     bucket's location is a LocationConstraint. (L) Reading an object answers the object. (M: WithObjectListings)
//   - Giving access needs exactly one of profileId and groupId (L), and is 400 when there is a subscription already, which
//     access by a policy or a group is not. (L: WithAccessUpserts) Approvals make it wait. (L) A member who waits is listed
//     with the role that was asked for and "approved": false. (L: WithPendingStates) A group is listed under "group", by
//     its id. (L: WithGroupObjects) PUT on a member takes an expiration. (L: WithIgnoredExpirations)
//   - POST /subscription/deny ends any subscription, pending or not, and knows a denialReasoning. (L:
//     WithRequestDenialsOnly, WithIgnoredDenials)
//   - Subscribing needs a source whose subscriptionType is automatic or approval, other types are 403, a second
//     subscription is 400. (L) It takes the id from the body or from the query. (L: WithSubscribeByQuery) Unsubscribing
//     without a subscription is 404. (L)
//   - Adding a tag that does not exist by POST /tag/datasource is 400, and adds none of the others. (H, but for the status,
//     which is L) No other route says that it minds: creates, bulk calls, dictionaries and blobs take any name. (L) Adding
//     one twice changes nothing. (L) Removing a tag removes it whatever its source. (L)
package fake
