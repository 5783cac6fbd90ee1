"""The rules for what makes a container: a creation, a clone, and the settings and the network of both."""
