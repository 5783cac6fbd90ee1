"""The interface of the screens: the controller, blocking questions, and tasks that outlive a dialog."""
