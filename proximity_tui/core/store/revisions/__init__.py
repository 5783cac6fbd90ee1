"""The configs that containers had, and how they differ from their clinical record."""
