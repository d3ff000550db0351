# The handler's technology and id are the end of blobHandler.url of GET /dataSource/57.
curl --fail --request PUT --header "Authorization: $IMMUTA_API_KEY" \
  "$IMMUTA_HOST/snowflake/handler/22/refreshNativeViewJob"
