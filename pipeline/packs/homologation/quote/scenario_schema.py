"""The JSON Schema of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_CODE: Final = {"type": "string", "minLength": 1}

SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "title": "Scenario",
    "required": ["name", "expect"],
    "additionalProperties": False,
    "properties": {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "title": "Name",
            "description": "What the case is called. No two scenarios of a category have the same name.",
            "examples": ["Escape y manillar"],
        },
        "request": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "title": "Request",
            "description": "The elements that are asked for, by code, and how many of each.",
            "examples": [{"ESCAPE": 1, "MANILLAR": 1}],
        },
        "text": {
            "type": "string",
            "minLength": 1,
            "title": "Text",
            "description": "What the customer writes: elements are recognised by their names, keywords and aliases.",
            "examples": ["cambio de escape y manillar"],
        },
        "expect": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "title": "Expect",
            "description": "What the quote must say. Only what is written here is compared.",
            "examples": [{"tier": "T5", "price": 175.00, "warnings": ["escape_homologacion"]}],
            "properties": {
                "tier": {
                    **_CODE,
                    "title": "Tier",
                    "description": "Code of the tier that is offered.",
                    "examples": ["T5"],
                },
                "price": {
                    "type": "number",
                    "minimum": 0,
                    "title": "Price",
                    "description": "Price of the tier that is offered, in EUR.",
                    "examples": [175.00],
                },
                "project": {
                    "type": "boolean",
                    "title": "Project",
                    "description": "Whether a project is required.",
                    "examples": [False],
                },
                "elements": {
                    "type": "object",
                    "additionalProperties": {"type": "integer", "minimum": 1},
                    "title": "Elements",
                    "description": "All elements that were understood, by code, and how many of each.",
                    "examples": [{"ESCAPE": 1, "MANILLAR": 1}],
                },
                "warnings": {
                    "type": "array",
                    "items": dict(_CODE),
                    "uniqueItems": True,
                    "title": "Warnings",
                    "description": "Codes of all warnings that apply, in any order.",
                    "examples": [["escape_homologacion"]],
                },
                "documents": {
                    "type": "array",
                    "items": dict(_CODE),
                    "uniqueItems": True,
                    "title": "Documents",
                    "description": "All that the customer has to send, in any order: codes of the base documentation, "
                    "and required pictures as ELEMENT/title.",
                    "examples": [["documentos_vehiculo", "fotos_vehiculo"]],
                },
                "question": {
                    **_CODE,
                    "title": "Question",
                    "description": "Code of the element of which the quote must ask which variant it is.",
                    "examples": ["SUSPENSION"],
                },
                "impossible": {
                    "const": True,
                    "title": "Impossible",
                    "description": "That no tier covers the request.",
                    "examples": [True],
                },
            },
        },
    },
}
