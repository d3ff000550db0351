package fake

func azureSynapse() *Technology {
	return &Technology{
		Prefix:            "asa",
		Label:             "Synapse",
		Port:              1433,
		Auth:              map[string][]string{"": {"username", "password"}},
		RefreshNativeView: true,
	}
}
