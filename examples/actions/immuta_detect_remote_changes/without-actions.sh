curl --fail --request PUT --header "Authorization: $IMMUTA_API_KEY" --header "Content-Type: application/json" \
  --data '{"hostname": "acme.snowflakecomputing.com", "database": "PROD"}' "$IMMUTA_HOST/dataSource/detectRemoteChanges"

# Its jobs, by the bulkId of the answer.
curl --fail --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/jobs?bulkId=4001"
