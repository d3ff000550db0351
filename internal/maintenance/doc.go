// Package maintenance is the actions: what is done in Immuta once, and leaves nothing behind that Terraform could manage.
package maintenance
