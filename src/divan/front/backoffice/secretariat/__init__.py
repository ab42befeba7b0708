"""What the pages of the secretariat are made of: their sections, questions, and what was typed."""
