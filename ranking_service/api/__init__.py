"""The feed API with ranked timelines beside it: what ``loupe serve`` serves."""

from ranking_service.api.app import create_app

__all__ = ["create_app"]
