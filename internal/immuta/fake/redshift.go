package fake

import "strings"

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
