"""The package language: a public service declared as one folder of data."""
