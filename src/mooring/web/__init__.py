"""Settings, addresses, base templates and static files."""
