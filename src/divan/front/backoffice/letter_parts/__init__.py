"""The parts of which the page of a letter is composed: each is a module with a template and a builder of its values."""
