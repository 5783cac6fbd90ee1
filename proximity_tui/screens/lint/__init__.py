"""The Lint screen: what will hurt, and the remedy of each by one key."""
