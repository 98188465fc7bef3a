"""The servers that a URL names: ``host:port,host,[::1]:port``."""

from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult:
    """As ``urlsplit``, of a URL that may name several servers: that of newer Pythons refuses a bracket which
    does not begin the first (CVE-2025-0938). What ``netloc`` holds is for ``addresses`` to check."""
    scheme, mark, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    return urlsplit(f"{scheme}{mark}{rest[end:]}")._replace(netloc=rest[:end])


def addresses(places: str) -> list[tuple[str, int | None]]:
    """Hosts with their ports, None where none is given. Raises ``ValueError`` for another form."""
    return [_address(place) for place in places.split(",")]


def _address(place: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{place}")
    if not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError("every server has a host, and a port from 1 to 65535 or none")
    return parts.hostname, parts.port
