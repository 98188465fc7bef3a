"""Servers and workers are killed while people write: nothing acknowledged is lost, no effect is doubled."""
