"""Service identity cards and published versions of service packages."""
