# Only keys of the connection that change. Instead of "connectionString", "ids" lists data sources.
curl --fail --request PUT --header "Authorization: $IMMUTA_API_KEY" --header "Content-Type: application/json" \
  --data @change.json "$IMMUTA_HOST/snowflake/bulk" # {"connectionString": "...", "handler": {"metadata": {"password": "..."}}}

# Its jobs, by the bulkId of the answer.
curl --fail --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/jobs?bulkId=4001"
