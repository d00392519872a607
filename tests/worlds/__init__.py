"""The packs that the laws of the engine are tried on, each with what happens to it."""

from __future__ import annotations

from tests.worlds import components, contracts, homologation, quiz

WORLDS = (homologation.WORLD, contracts.WORLD, components.WORLD, quiz.WORLD)
