"""The browser without a screen sees what a browser would, and can do no more than a person."""
