package search

import (
	"strings"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// inImmutasSpelling lets people write technologies in any case, which Immuta may not (L). Others than those of this provider travel as
// they are.
func inImmutasSpelling(p *tf.Provider, technologies []string) []string {
	return tf.Each(technologies, func(given string) string {
		for label := range p.ResourceTypes {
			if strings.EqualFold(label, given) {
				return label
			}
		}
		return given
	})
}
