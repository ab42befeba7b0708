"""Tags and filters, built into every template."""
