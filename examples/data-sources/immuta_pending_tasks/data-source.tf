data "immuta_pending_tasks" "mine" {
  types = ["unmask", "columnAdded"]
}

output "to_do" {
  value = [for task in coalesce(data.immuta_pending_tasks.mine.incoming, []) : "${task.type} ${try(jsondecode(task.data_source_json).name, "")}"]
}
