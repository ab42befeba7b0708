"""The officer's door: who may enter where, what is refused and kept, and what is never shown."""
