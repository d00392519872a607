"""Small manifests for tests that care about the way and not about what is on it."""

from __future__ import annotations

from pathlib import Path

TIERS = """\
pack = "homologation"
version = 1
category = "motos-part"

[[tiers]]
code = "T1"
name = "Proyecto Completo"
price = 410.00
"""

CATEGORY = """\
pack = "homologation"
version = 1

[[categories]]
slug = "motos-part"
name = "Motocicletas y ciclomotores en España"
client_type = "particular"
"""

ELEMENTS = """\
pack = "homologation"
version = 1
category = "motos-part"

[[elements]]
code = "ESCAPE"
name = "Silenciador o línea completa"
keywords = ["escape"]

[groups]
todos = ["ESCAPE"]

[tiers.T1]
groups = ["todos"]
"""

ROWS = 4


def write(folder: Path) -> None:
    """Write manifests of `ROWS` rows to `folder/manifests`."""
    home = folder / "manifests" / "motos-part"
    home.mkdir(parents=True)
    for name, text in (("category", CATEGORY), ("tiers", TIERS), ("elements", ELEMENTS)):
        (home / f"{name}.toml").write_text(text, "utf-8")


def replace(folder: Path, old: str, new: str) -> None:
    """Put one text for another in the manifests of a folder, where it stands just once."""
    found = [path for path in folder.glob("manifests/**/*.toml") if old in path.read_text("utf-8")]
    assert len(found) == 1, found
    text = found[0].read_text("utf-8")
    assert text.count(old) == 1, old
    found[0].write_text(text.replace(old, new), "utf-8")
