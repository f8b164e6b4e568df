"""What the commands of `api.cli` do; each module is imported when its command runs, so that others start quickly."""
