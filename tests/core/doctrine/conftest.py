"""What holds for every test of the rules: they are given all times, and no clock is read."""

import pytest


@pytest.fixture(autouse=True)
def _the_ages_of_the_program(true_ages: None) -> None:
    """Judge by the ages that the program has."""
