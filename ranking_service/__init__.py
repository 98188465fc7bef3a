"""Ranked timelines: the For You pipeline, the rank API, explanations, the console."""
