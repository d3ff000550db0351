curl --fail --request POST --header "Authorization: $IMMUTA_API_KEY" --header "Content-Type: application/json" \
  --data '{"dataSourceIds": [57, 58]}' "$IMMUTA_HOST/dataSource/bulkRefreshViews"
