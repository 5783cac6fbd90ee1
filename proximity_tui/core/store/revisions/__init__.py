"""The configs that containers had."""
