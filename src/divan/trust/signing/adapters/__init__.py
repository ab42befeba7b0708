"""Outside things that signing stands on: key files, authorities, and the typesetter in a process of its own."""
