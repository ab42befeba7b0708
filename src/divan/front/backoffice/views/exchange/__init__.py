"""The exchange: who takes part, what they offer, who may ask for what and why, and what was asked."""
