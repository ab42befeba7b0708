"""What the doors say: the texts of refusals and of coded states, in the message catalogues."""
