"""The look keeps its promises: contrast, labels, errors bound to controls, both languages."""
