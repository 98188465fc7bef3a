"""The closed loop: the society is split into arms that are served differently, and measured."""
