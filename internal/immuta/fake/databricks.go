package fake

import "strings"

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
