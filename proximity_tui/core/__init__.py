"""Everything the program knows and does without a screen; nothing here imports Textual."""
