"""Quotes: what a tariff answers to a request. Pure; knows rows of states, and no database."""

from pipeline.packs.homologation.quote.quote import Offer, Quote, quote, quoted
from pipeline.packs.homologation.quote.request import Item, Request
from pipeline.packs.homologation.quote.tariff import Tariff

__all__ = ["Item", "Offer", "Quote", "Request", "Tariff", "quote", "quoted"]
