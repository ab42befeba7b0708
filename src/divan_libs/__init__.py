"""Pure libraries: no Django, no database, no house."""
