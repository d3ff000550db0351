// Package immuta is a client of Immuta's V1 REST API, as far as data sources and what belongs to them go.
//
// It knows nothing of Terraform. A [Client] owns one transport, one set of limits and one identity; every call
// takes a context, and returns typed errors: [*Error] when Immuta refused, [*NoAnswerError] when nobody answered
// and [*UnreadableError] when the answer was not what the API speaks.
//
// Answers are decoded leniently, because undocumented keys, nulls and ids written as strings are normal in this API.
//
// Comments say how well a fact about the API is known, by a letter in parentheses, here and in the packages above: H was
// seen in real payloads or in a working client, M is documented by Immuta and was not seen, L is a guess. The letters stand
// for nothing else. A guess is kept in one function, so that it can be corrected in one place. The reference is Immuta's own
// documentation of the API.
package immuta
