"""What the dashboard knows, as plain functions: no screen, no files, no clock."""
