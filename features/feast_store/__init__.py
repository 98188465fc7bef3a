"""Feast: the registry of the definitions, the point-in-time join and the materialiser."""
