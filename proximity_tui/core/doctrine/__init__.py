"""The rules as pure functions: from what is known to a verdict or a plan, without clock, network or database."""
