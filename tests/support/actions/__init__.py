"""Actions as tests ask for them: how they are planned, and what is looked at when they are over."""
