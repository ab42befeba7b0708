"""What the government does with people: cases, letters."""
