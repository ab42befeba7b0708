"""Tests of containers of evidence."""
