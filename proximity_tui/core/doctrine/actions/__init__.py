"""What each action may do, as plans and refusals: deletion, adoption, creation, cloning, power, and the permit."""
