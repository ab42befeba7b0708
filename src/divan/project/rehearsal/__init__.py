"""The rehearsal: real servers that play the outside world for demonstrations and tests, with invented people only."""
