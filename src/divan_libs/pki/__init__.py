"""Certificates, keys, RFC 3161 timestamps and PDF signatures."""
