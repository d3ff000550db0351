package search

import (
	"slices"
	"strings"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// labels are the technologies as Immuta spells them.
var labels = []string{"Snowflake", "Databricks", "Redshift", "Trino", "Synapse", "Native S3"}

// inImmutasSpelling lets people write technologies in any case, which Immuta may not (L). Others than those of this provider travel as
// they are.
func inImmutasSpelling(technologies []string) []string {
	return tf.Each(technologies, func(given string) string {
		same := func(label string) bool { return strings.EqualFold(label, given) }
		if i := slices.IndexFunc(labels, same); i >= 0 {
			return labels[i]
		}
		return given
	})
}
