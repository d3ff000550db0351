package maintenance

import (
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// explain adds to an error what to do about it, where that is particular to work on several data sources.
func explain(err error) error {
	switch {
	case immuta.IsOfConnections(err):
		return tf.Advise(err, "This tenant manages its data sources through connections: crawl the connection, or change its settings, in "+
			"Immuta instead.")
	case immuta.IsUncertain(err):
		return tf.Advise(err, "No answer to trust came, so Immuta may have started the work. "+harmless)
	}
	return err
}
