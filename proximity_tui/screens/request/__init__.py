"""The dialog of a request: a form, its plan, a confirmation of exactly that plan, and its progress."""
