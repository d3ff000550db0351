curl --fail --request DELETE --header "Authorization: $IMMUTA_API_KEY" \
  "$IMMUTA_HOST/dataSource/featureStore/accounts/12/grace%40acme.example.com"
