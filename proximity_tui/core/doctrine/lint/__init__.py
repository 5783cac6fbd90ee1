"""The rules of what will hurt, pure."""
