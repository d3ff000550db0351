curl --fail --request PUT --header "Authorization: $IMMUTA_API_KEY" --header "Content-Type: application/json" \
  --data '{"ids": [57, 58], "update": {"profiles": [{"id": 12, "state": "expert"}]}}' "$IMMUTA_HOST/dataSource/bulk/add-users"

# Its jobs, by the bulkId of the answer.
curl --fail --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/jobs?bulkId=4001"
