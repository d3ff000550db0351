package immuta

import (
	"context"
	"net/http"
)

// BlobContent reads a blob of at most so many bytes: GET /dataSource/{id}/blob/{blobId} (M).
func (c *Client) BlobContent(ctx context.Context, sourceID int64, blobID string, most int64) (content []byte, mediaType string, err error) {
	r := request{method: http.MethodGet, path: blobPath(sourceID, blobID), accept: "*/*", cap: most}
	a, err := c.send(ctx, r)
	if isBareNotFound(err) {
		err = c.orMissingRoute(ctx, sourceID, err)
	}
	if err != nil {
		return nil, "", err
	}
	if page, ok := a.isPage(blobID); ok {
		return nil, "", &UnreadableError{Request: r.String(), Reason: page, Excerpt: c.excerpt(a.body)}
	}
	return a.body, a.header.Get("Content-Type"), nil
}
