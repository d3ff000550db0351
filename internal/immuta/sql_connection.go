package immuta

import "context"

// SQLConnection reads how the query engine is reached: GET /dataSource/featureStore/connection, which answers everything that GET
// /dataSource/featureStore does and the connection string (M). A tenant without the first is asked for the second.
func (c *Client) SQLConnection(ctx context.Context) (SQLConnection, error) {
	var out one[SQLConnection]
	err := c.get(ctx, featureStorePath+"/connection", nil, &out)
	if isBareNotFound(err) {
		err = c.get(ctx, featureStorePath, nil, &out)
	}
	if isBareNotFound(err) {
		err = missingRoute(err)
	}
	return out.Value, err
}
