// Package fake is an Immuta tenant in memory: an http.Handler that answers the
// version 1 API the way the documentation and real payloads show, for tests and
// demonstrations that have no account and no network.
//
//	tenant := fake.New()
//	server := httptest.NewServer(tenant)
//	// ... point a client at server.URL with the key fake.DefaultAPIKey ...
//	tenant.Disable(id)                                   // behind the client's back
//	tenant.Fault(fake.Fault{Method: "PUT", Status: 503}) // once
//	tenant.Journal().Count("PUT", "/snowflake/handler/*")
//
// It is strict about what it is sent: a path, a method, a query parameter or a key
// in a body that there is no reason to expect is refused with 4xx and a message
// that names it. It is generous in what it answers: keys that are documented
// nowhere, nulls, ids as texts.
//
// Time is the tenant's own. It starts at Epoch, every request takes a millisecond,
// and jobs move on with requests. Ids are handed out in order, from ranges that
// do not meet, so two runs of a test see the same.
//
// # How it is built
//
// Tenant, the router, the journal, the faults and the sources are the core. A noun
// (dictionary, members, jobs, ...) is one file with its routes and its state, and
// a line in nouns; a technology is one file with a Technology literal, and a line
// in technologies, or a WithTechnology from outside.
//
// # Guesses
//
// What follows is not known for certain. (M) is documented or seen in one client,
// (L) is inferred. Options switch the points on which clients could trip.
//
//   - Errors are {"statusCode", "error", "message"}. (M) What a request carries
//     beyond what is expected is 400, a method that a path does not have 405, a body
//     that is not JSON 415. (L)
//   - A name that is taken is 422 with "validation": [{"code": "unique", "path": "name"}]
//     and a message that says "already exists". (M for the text and the code, L for the two together)
//     Names are compared exactly. (L)
//   - A table that is registered already is 400 with a message about duplicate tables.
//     (M for the text, L for the status: WithDuplicateTableStatus) It is the same table when
//     technology, hostname, database, schema and table are the same, case aside; for
//     S3, integration and prefix. Query-backed sources are never the same. (L)
//   - Disabled sources keep their name and their table. (M) Their settings, handlers and
//     dictionaries can still be changed. (L) Everybody sees them. (L)
//   - Moments are answered in UTC with milliseconds, however they were sent. (M)
//   - A tenant fills organization when a create leaves it out. (L)
//   - GET on a source leaves out organization, category, hasExamples, private and
//     connectionString (M: WithUnlistedKeys); PUT answers all but the last. (M)
//   - PUT on a source changes private, expiration and columnEvolutionEnabled.
//     (L: WithIgnoredSettings) It takes a whole record and ignores what cannot be changed. (M)
//     {"deleted": true} is refused. (L) An empty text reads back as null. (L: WithEmptyTexts)
//   - The source's name and the handler's dataSourceName are two values, each changed
//     by its own route. sqlTableName and bodataTableName follow each other; sqlSchemaName
//     follows bodataSchemaName. (L)
//   - The answer to the second DELETE has hardDelete (M: WithoutHardDelete) and still
//     says disabled. (L)
//   - PUT /dataSource/bulk/delete does to each source what one DELETE does. (L: WithHardBulkDelete)
//     In a bulk call a source that does not exist fails its own job and nothing else. (L)
//   - bulkId is a text. (M: WithNumericBulkIDs) GET /jobs?bulkId= answers an array. (M)
//   - A handler's metadata shows authenticationMethod (L: WithoutAuthenticationMethod) and
//     connectionStringOptions (L), never password, userFiles or columns. (M) The answer
//     of a SQL handler has no "id", that of an S3 handler has the source's. (M)
//   - PUT on a handler takes {"handler": {"metadata": {}}, "connectionString": ""} and
//     {"metadata": {}}, with or without a connectionString. (M) Keys that are not sent are lost;
//     columns are kept. (M) It needs every key that a create needs, secrets included. (L)
//     A key that the handler has may be sent back whatever it is. (L)
//   - A connection string has no user part when there is no username. (L)
//   - What each authentication method needs, where the documentation does not say:
//     keyPair a username and a file, oAuthClientCredentials and Trino's OAuth 2.0 nothing,
//     Kerberos a username, Trino without a method nothing. (L)
//   - The label of S3 sources is "Native S3", skipCache is not a parameter of theirs,
//     and awsLocationPath is "s3://". (L) Several entries in one create answer an array. (L)
//   - A second POST of a dictionary is 400. (L) A column's description is stored. (L) Its columns show
//     isPrimaryKey, as undocumented keys go. (L)
//   - GET /bim/rpc/user/current answers profile.id (M), profile.name, profile.email and permissions. (L)
//   - A user who is neither owner nor governor gets 403 from what changes a source. (M)
//   - Tenants with connections answer 400 to the deprecated calls. (L)
package fake
