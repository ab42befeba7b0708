"""Tests of reading, weighing and writing charts."""
