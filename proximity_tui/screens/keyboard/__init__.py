"""Every key: one table for dispatch, footer, help and the documentation."""
