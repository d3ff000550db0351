// Package handler manages Immuta's sources ("data sources"): one lifecycle for all technologies, and one file per
// technology with what is its own.
//
// [Resource] is the lifecycle. It has one type parameter, the technology's model, and learns everything it needs from a
// [Descriptor]: never from the technology's name. The technologies that speak SQL share their model, payload and
// conversions (sql.go, server.go) and describe themselves with an [SQLTechnology]. To add one, write its file, in the
// order of the others: descriptor, attributes, model, to-API, from-API.
package handler
