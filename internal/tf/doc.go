// Package tf holds what several of the provider's resources, data sources and actions share on Terraform's side:
// the data that Configure hands out, diagnostics, imports, identities, validators and the bridge of the client's logs.
package tf
