"""What surrounds every screen: header, banner, prompt, footer, and the list that most are."""
