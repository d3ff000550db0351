variable "task_id" {
  type = number
}

# terraform apply -invoke=action.immuta_complete_task.this -var task_id=1500012
action "immuta_complete_task" "this" {
  config {
    task_id = var.task_id
  }
}
