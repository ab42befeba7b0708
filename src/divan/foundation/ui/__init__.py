"""The look of the house: frame of the pages, components, Persian filters. It knows no domain nouns."""
