"""The administrative divisions of the country."""
