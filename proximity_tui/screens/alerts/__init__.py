"""Everything that is known of one alert, and what can be done about it."""
