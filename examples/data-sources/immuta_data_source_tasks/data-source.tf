data "immuta_data_source_tasks" "unmask" {
  data_source_id = 57
  types          = ["unmask"]
  states         = ["pending"]
}

output "asked_of" {
  value = data.immuta_data_source_tasks.unmask.tasks[*].target_names
}
