"""The journal of operations: intents before, facts after, and the process that carries one out (law 5)."""
