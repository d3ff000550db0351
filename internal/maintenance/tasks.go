package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewCompleteTask is the action immuta_complete_task.
func NewCompleteTask() action.Action {
	return tf.Action[taskModel]{
		Name: "immuta_complete_task",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Does what a task in Immuta asks for, such as accepting a new column or unmasking values, and marks the task as " +
					"completed. What comes of it, such as unmasked values, is not shown. This cannot be undone.",
				Attributes: taskAttributes(),
			}
		},
		Attempted: func(m *taskModel) string { return fmt.Sprintf("Completing task %d", m.id()) },
		Subject:   taskID,
		Run:       completeTask,
	}.New()
}

// NewDeleteTask is the action immuta_delete_task.
func NewDeleteTask() action.Action {
	return tf.Action[taskModel]{
		Name: "immuta_delete_task",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Deletes a task in Immuta, without doing what it asks for. This cannot be undone. Requests that Terraform made " +
					"are deleted with their resource `immuta_unmask_request`.",
				Attributes: taskAttributes(),
			}
		},
		Attempted: func(m *taskModel) string { return fmt.Sprintf("Deleting task %d", m.id()) },
		Subject:   taskID,
		Run:       deleteTask,
	}.New()
}

type taskModel struct {
	TaskID types.Int64 `tfsdk:"task_id"`
}

func (m *taskModel) id() int64 { return m.TaskID.ValueInt64() }

func taskAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{taskID: requiredID(
		"Id of the task, as the data sources `immuta_pending_tasks` and `immuta_data_source_tasks` return it.")}
}

func completeTask(ctx context.Context, r *tf.Running, m *taskModel) error {
	err := r.Client.CompleteTask(ctx, m.id())
	if immuta.IsUncertain(err) {
		return tf.Advise(err, "The task is still among the pending ones, or that could not be looked up. Look at it in Immuta before the action "+
			"is invoked again: a task is never completed twice without need.")
	}
	if err == nil {
		r.Progress("Task %d is completed.", m.id())
	}
	return err
}

func deleteTask(ctx context.Context, r *tf.Running, m *taskModel) error {
	err := r.Client.DeleteTask(ctx, m.id())
	if err == nil {
		r.Progress("Task %d is deleted.", m.id())
	}
	return err
}
