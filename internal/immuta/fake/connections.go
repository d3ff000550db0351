package fake

// What replaces the calls that are deprecated on tenants with connections.
const (
	crawlReplacement    = "POST /data/crawl/{objectPath*}"
	settingsReplacement = "PUT /data/settings/{objectPath*} with settings.isActive"
	deleteReplacement   = "DELETE under /data"
	createReplacement   = crawlReplacement + " and " + settingsReplacement
)

// replacedByConnections refuses a call that connections have replaced.
func replacedByConnections(replacement string) error {
	return badRequest("This endpoint is deprecated for data sources that belong to a connection. Use %s instead.", replacement)
}
