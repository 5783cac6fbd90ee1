"""The form that changes a container, and the dialog that changes several."""
