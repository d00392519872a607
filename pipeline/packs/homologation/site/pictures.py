"""Pictures: files that stand beside the manifests come along, all others are named, for the site loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, urlsplit


class Link(NamedTuple):
    """What a page shows of a picture: the file in the site, or an address to follow, or the name alone."""

    name: str
    file: str | None = None
    url: str | None = None


class Pictures:
    """The pictures that there are, by their addresses in manifests."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self.known = known

    def link(self, address: str) -> Link:
        """How a page refers to the picture at an address. Only addresses of the web become links."""
        name = PurePosixPath(address).name or address
        if address in self.known:
            return Link(name, file=quote(address.lstrip("/")))
        try:
            parts = urlsplit(address)
            is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            is_web = False
        return Link(name, url=address) if is_web else Link(name)

    def files(self) -> dict[str, bytes]:
        """The files to put into the site."""
        return {address.lstrip("/"): content for address, content in self.known.items()}
