// Package s3p holds the data sources of Immuta's S3-compatible API, which shows every data source as a folder of one bucket.
package s3p
