package fake

import "strings"

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
