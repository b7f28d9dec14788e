"""One YAML file per known source layout."""
