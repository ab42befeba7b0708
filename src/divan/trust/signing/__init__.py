"""Certificates, signed and issued documents, and their verification."""
