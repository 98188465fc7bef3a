"""Versioned schemas of the production stores, as files beside the code that runs them."""
