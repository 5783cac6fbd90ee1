"""How things are called on a screen."""
