"""Rich text of letters: a small document of paragraphs, lists and tables, cleaned of whatever people paste."""
