"""What several commands share: the context they open, plans they run, what they print, how they end."""
