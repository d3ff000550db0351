package immuta

// What the API's documentation says, in sentences and words for whoever has to act on a refusal.
const (
	// DroppedAreas are the areas of the API that later versions of Immuta do not have (M): see [MissingRouteError].
	DroppedAreas = "comments, requests to unmask, blobs and SQL accounts"
	// SourcePermissions is what the API key's user needs for the calls about sources, which answer 403 otherwise.
	SourcePermissions = "Creating sources needs CREATE_DATA_SOURCE (S3: CREATE_S3_DATASOURCE); changing one needs GOVERNANCE " +
		"or ownership of the source, reading one that it is public, owned or open to the user."
	// SourceVisibility is which sources exist for the API key's user: any other is answered with 404.
	SourceVisibility = "The API key's user sees only data sources that are public, its own, or open to it."
)
