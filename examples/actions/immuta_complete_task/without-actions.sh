# Although it is a GET, this completes the task.
curl --fail --header "Authorization: $IMMUTA_API_KEY" "$IMMUTA_HOST/dataSource/tasks/1500012"
