"""What is typed by name: the prompt, the `:` line and its history, the palette."""
