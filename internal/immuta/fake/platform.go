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

func databricks() *Technology {
	return &Technology{
		Prefix:         "databricks",
		Label:          "Databricks",
		Port:           443,
		Required:       []string{"httpPath"},
		ConnectionKeys: []string{"httpPath"},
		Auth:           map[string][]string{"Access Token": {"password"}},
		Fold:           strings.ToLower,
		Seed:           map[string]any{"httpPath": "/sql/1.0/warehouses/demo", "authenticationMethod": "Access Token", "username": nil},
	}
}

func redshift() *Technology {
	return &Technology{
		Prefix:            "redshift",
		Label:             "Redshift",
		Port:              5439,
		Allowed:           []string{"nativeViewName", "nativeSchemaName", "nativeWorkspaceName"},
		Auth:              map[string][]string{"": {"username", "password"}},
		RefreshNativeView: true,
		Fold:              strings.ToLower,
		Extra:             map[string]any{"nativeViewName": nil, "nativeSchemaName": nil, "nativeWorkspaceName": nil},
	}
}

func trino() *Technology {
	return &Technology{
		Prefix: "trino",
		Label:  "Trino",
		Port:   443,
		Auth: map[string][]string{
			"":                        nil,
			"No Authentication":       nil,
			"LDAP Authentication":     {"username", "password"},
			"Kerberos Authentication": {"username"},
			"OAuth 2.0":               nil,
		},
		RefreshNativeView: true,
		Fold:              strings.ToLower,
	}
}

func azureSynapse() *Technology {
	return &Technology{
		Prefix:            "asa",
		Label:             "Synapse",
		Port:              1433,
		Auth:              map[string][]string{"": {"username", "password"}},
		RefreshNativeView: true,
	}
}
