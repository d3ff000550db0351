package dictionary

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var fields = tf.Fields{"metadata": path.Root("columns")}

// sentFields says where findings about columns land that were sent in this order. How Immuta writes the path of a value is a guess (L).
func sentFields(sent []immuta.Column) tf.Fields {
	all := tf.Fields{"metadata": path.Root("columns")}
	for i, c := range sent {
		at := path.Root("columns").AtMapKey(c.Name())
		for key, attribute := range map[string]string{
			"dataType": "data_type", "remoteType": "remote_type", "nullable": "nullable", "remoteColumn": "remote_column",
			"description": "description", "tags": "tags",
		} {
			all[fmt.Sprintf("metadata.%d.%s", i, key)] = at.AtName(attribute)
			all[fmt.Sprintf("metadata[%d].%s", i, key)] = at.AtName(attribute)
		}
	}
	return all
}

// unknownColumns are configured columns that the dictionary does not have and that cannot be added, for want of their types.
type unknownColumns struct {
	config model
	names  []string
	// there are the columns that the dictionary has.
	there []string
}

func (e *unknownColumns) Error() string {
	return "the dictionary lacks columns that have no data_type or remote_type to be added with: " + immuta.JoinColumns(e.names)
}

// report adds an error for each of the columns.
func (e *unknownColumns) report(diags *diag.Diagnostics) {
	columns := e.config.columns()
	for _, name := range e.names {
		at := path.Root("columns").AtMapKey(name).AtName(columns[name].missingTypes()[0])
		diags.AddAttributeError(at, "No such column",
			fmt.Sprintf("%s is required for a column that the dictionary does not have, and the dictionary of %s %s. If %q is misspelled, correct "+
				"the name, in which case matters; to add it, give its data_type and its remote_type.\n\n%s",
				at, e.config.what(), e.has(name), name, tf.Misspelled))
	}
}

// has says what the dictionary has instead of a column: the one of the same name in another case, or all.
func (e *unknownColumns) has(name string) string {
	if len(e.there) == 0 {
		return "has no columns"
	}
	for _, there := range e.there {
		if strings.EqualFold(there, name) {
			return fmt.Sprintf("has %q", there)
		}
	}
	return "has " + immuta.JoinColumns(e.there)
}

// missingTypes are the attributes that a new column would need.
func (c column) missingTypes() []string {
	var missing []string
	if c.DataType.IsNull() {
		missing = append(missing, "data_type")
	}
	if c.RemoteType.IsNull() {
		missing = append(missing, "remote_type")
	}
	return missing
}
