"""`curl` for the tests, as if GitLab answered: from the folder $FAKE_FORGE, where it writes down what it was asked.

There are `notes.json`, `merged.json`, `pipelines.json` and `jobs.json` (as the API has them), and `files/JOB/PATH`.
It ends as `curl --fail` does where there is nothing, or without the right token.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.action.shelf import FORGE, called, store, stored

ME = 42
HEADER = 'header = "PRIVATE-TOKEN: glpat-this-is-secret"\n'
NOT_FOUND = 22


def main(arguments: list[str]) -> None:
    """Do what one command line asks for."""
    called(arguments)
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--request", default="GET")
    for name in ("--config", "--header", "--data-binary", "--output"):
        parser.add_argument(name)
    for name in ("--silent", "--show-error", "--fail", "--location"):
        parser.add_argument(name, action="store_true")
    given = parser.parse_args(arguments)
    assert given.fail
    assert given.config == "-"
    if sys.stdin.read() != HEADER or (FORGE / "refuse").exists():
        print("curl: (22) The requested URL returned error: 403", file=sys.stderr)  # noqa: T201
        sys.exit(NOT_FOUND)
    url = urlsplit(given.url)
    query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
    body = json.loads(Path(given.data_binary.removeprefix("@")).read_text("utf-8")) if given.data_binary else {}
    found = answer(given.request, url.path.removeprefix("/api/v4/").split("/"), query, body)
    if given.output:
        Path(given.output).write_text(found, "utf-8")
    else:
        print(found)  # noqa: T201


def answer(method: str, path: list[str], query: dict[str, int], body: Any) -> str:
    """What the API says."""
    here = path[2:] if path[:2] == ["projects", "5"] else path
    if here[0] == "jobs":
        artifact = FORGE.joinpath("files", here[1], *here[3:])
        if not artifact.is_file():
            sys.exit(NOT_FOUND)
        return artifact.read_text("utf-8")
    found = {"GET": read, "POST": write, "PUT": write}[method](here, query, body)
    if found is None:
        sys.exit(NOT_FOUND)
    return json.dumps(found)


def read(path: list[str], query: dict[str, int], _: Any) -> Any:
    """An item, or a page of a list; None where there is none."""
    match path:
        case ["user"]:
            return {"id": ME}
        case ["merge_requests", "7", "notes" | "pipelines" as name]:
            return paged(stored(name), query)
        case ["repository", "commits", _, "merge_requests"]:
            return paged(stored("merged"), query)
        case ["pipelines", number, "jobs"]:
            return paged([job for job in stored("jobs") if job["pipeline"] == int(number)], query)
        case ["pipelines", number]:
            return next((each for each in stored("pipelines") if each["id"] == int(number)), None)
        case _:
            return None


def write(path: list[str], _: dict[str, int], body: Any) -> Any:
    """Make or change a note."""
    assert path[:3] == ["merge_requests", "7", "notes"]
    notes = stored("notes")
    if path[3:]:
        notes = [note | (body if note["id"] == int(path[3]) else {}) for note in notes]
    else:
        notes = [*notes, {"id": 1000 + len(notes), "author": {"id": ME}, **body}]
    store("notes", notes)
    return notes


def paged(items: list[Any], query: dict[str, int]) -> list[Any]:
    """One page of the items."""
    size = query.get("per_page", 20)
    assert size <= 100
    start = (query.get("page", 1) - 1) * size
    return items[start : start + size]


if __name__ == "__main__":
    main(sys.argv[1:])
