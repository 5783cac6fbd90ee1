"""The interface of the screens: the view, blocking questions, and tasks that outlive a dialog."""
