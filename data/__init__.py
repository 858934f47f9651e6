"""Sources, parameters, readers and cached loaders."""
