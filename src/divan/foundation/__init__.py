"""Mechanism without domain nouns: actors, facts, errors, files, messages, locks, HTTP, UI."""
