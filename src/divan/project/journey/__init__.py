"""The story of one request, run against the running installation as the real people would, and its forgeries."""
