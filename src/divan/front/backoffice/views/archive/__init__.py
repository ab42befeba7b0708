"""The pages of the archive: its plan, its files, where letters lie, what is disposed of, and who read a letter."""
