"""The dialogs that change something: each shows its plan first, and progress after."""
