"""The plan and the refusals of each action: deletion, adoption, creation, cloning and power."""
