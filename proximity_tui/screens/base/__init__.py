"""The frame of every screen: header, banner, prompt, footer, and the list that most screens are."""
