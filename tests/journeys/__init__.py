"""The house as people meet it: a real browser, a running installation."""
