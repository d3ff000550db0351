package fake

import "strings"

// defaultLabel is the technology of the sources that a test adds without naming one.
const defaultLabel = "Snowflake"

func snowflake() *Technology {
	return &Technology{
		Prefix:   "snowflake",
		Label:    defaultLabel,
		Port:     443,
		Required: []string{"warehouse"},
		Allowed: []string{
			"nativeViewName", "nativeSchemaName", "nativeWorkspaceName", "secureNativeView", "useCertificate",
		},
		ConnectionKeys: []string{"warehouse", "useCertificate"},
		Auth: map[string][]string{
			"userPassword":           {"username", "password"},
			"keyPair":                {"username", "userFiles"},
			"oAuthClientCredentials": nil,
		},
		RefreshNativeView: true,
		Fold:              strings.ToUpper,
		Extra:             map[string]any{"nativeViewName": nil, "nativeSchemaName": nil, "nativeWorkspaceName": nil},
		Seed:              map[string]any{"warehouse": "IMMUTA_WH", "authenticationMethod": "userPassword"},
	}
}
