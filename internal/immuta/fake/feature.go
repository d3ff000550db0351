package fake

// A Feature is a part of the API that later versions of Immuta do not have any more.
type Feature string

// The features that a tenant may lack.
const (
	Blobs       Feature = "blobs"
	Comments    Feature = "comments"
	SQLAccounts Feature = "SQL accounts"
	Unmasking   Feature = "unmasking"
)

// Without makes the tenant answer 404 on the routes of these features, in the words with which hapi answers a path that it
// does not know.
func Without(features ...Feature) Option {
	return func(t *Tenant) {
		for _, f := range features {
			t.settings.without[f] = true
		}
	}
}

// of marks routes as belonging to a feature.
func (f Feature) of(routes ...route) []route {
	for i := range routes {
		routes[i].feature = f
	}
	return routes
}
