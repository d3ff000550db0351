package immuta

import "context"

// SQLConnection reads how the query engine is reached: GET /dataSource/featureStore/connection, which answers everything that GET
// /dataSource/featureStore does and the connection string (M). A tenant without the first is asked for the second.
func (c *Client) SQLConnection(ctx context.Context) (SQLConnection, error) {
	out, err := get[one[connectionAnswer]](ctx, c, featureStorePath+"/connection", nil)
	if isBareNotFound(err) {
		out, err = get[one[connectionAnswer]](ctx, c, featureStorePath, nil)
	}
	if isBareNotFound(err) {
		err = missingRoute(err)
	}
	return out.Value.SQLConnection, err
}
