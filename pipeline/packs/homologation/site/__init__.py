"""The tariff catalogue as a static site: pages, and a form for quotes that works offline."""

from __future__ import annotations

from pipeline.packs.homologation.site.pages import files

__all__ = ["files"]
