"""What the pages of the exchange share: their sections, forms, lines, and what a refusal says at which question."""
