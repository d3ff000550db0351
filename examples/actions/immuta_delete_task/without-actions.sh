curl --fail --request DELETE --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/dataSource/tasks/1500012"
