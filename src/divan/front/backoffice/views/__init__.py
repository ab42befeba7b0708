"""What officers see in the back office, by subject."""
