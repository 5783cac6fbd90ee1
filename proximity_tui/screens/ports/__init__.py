"""The Ports screen."""
