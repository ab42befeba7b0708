"""The citizen's door."""
