"""The pane beside a list of guests: what is known of the guest under the cursor."""
