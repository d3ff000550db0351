package fake

import (
	"encoding/json"
	"mime"
	"net/http"
)

// A decoder turns a request's body into what its route works with, and refuses what the route does not expect.
type decoder func(header http.Header, body []byte) (any, error)

// jsonBody requires JSON of a shape.
func jsonBody(expected shape) decoder {
	return func(header http.Header, body []byte) (any, error) {
		if len(body) == 0 {
			return nil, badRequest("Invalid request: a body is required.")
		}
		if mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type")); err != nil || mediaType != "application/json" {
			return nil, fail(http.StatusUnsupportedMediaType, "Unsupported Media Type: the body must be application/json.")
		}
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			return nil, badRequest("Invalid request payload JSON format: %s.", err)
		}
		return value, refuse(expected.problems("", value)...)
	}
}

// noBody lets an empty object pass, as many clients send one.
func noBody(header http.Header, body []byte) (any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	return jsonBody(keys{})(header, body)
}
