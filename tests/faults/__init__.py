"""The power fails at the worst moments: afterwards nothing is half done, nothing is lost, nothing is there twice."""
