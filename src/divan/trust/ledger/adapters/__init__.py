"""What lies in files: the key of the log and what it publishes."""
