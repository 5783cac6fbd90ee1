"""The rules for what is done about drift: accept it as the baseline, or set it back."""
