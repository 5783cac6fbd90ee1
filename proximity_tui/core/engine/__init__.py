"""Carries plans out step by step, journaling the intent before and the fact after each."""
