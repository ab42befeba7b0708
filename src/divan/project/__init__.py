"""Settings, root URLs, command line, launcher, rehearsal, and the composition of what storeys may not know of each other."""
