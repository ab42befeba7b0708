"""Tests of keys, certificates, timestamps and PDF signatures."""
