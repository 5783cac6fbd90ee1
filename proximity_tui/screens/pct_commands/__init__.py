"""The plan of a dialog as lines for a shell: shown, and copied."""
