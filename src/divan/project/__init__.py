"""Settings, root URLs, command line, launcher, rehearsal, and what storeys may not know of each other."""
