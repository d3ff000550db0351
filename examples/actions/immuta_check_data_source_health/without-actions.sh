curl --fail --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/dataSource/57/test"
