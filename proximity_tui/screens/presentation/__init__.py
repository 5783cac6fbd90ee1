"""The words and cells of the screens."""
