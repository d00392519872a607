"""GitHub's program `gh` for the tests: answers from the folder $FAKE_FORGE, and writes down what it was asked.

There are `comments.json`, `pulls.json` and `runs.json` (as the API has them), and `artifacts/RUN/NAME/`. It knows
as much of `gh` as the action uses, and ends with 1 on anything else, or on all where there is a file `refuse`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.action.shelf import FORGE, called, store, stored

ME = "github-actions[bot]"


def main(arguments: list[str]) -> None:
    """Do what one command line asks for."""
    called(arguments)
    if not os.environ.get("GH_TOKEN") or (FORGE / "refuse").exists():
        sys.exit("gh: Resource not accessible by integration (HTTP 403)")
    if arguments[:2] == ["run", "download"]:
        download(arguments[2:])
    else:
        assert arguments[0] == "api", arguments
        api(arguments[1:])


def download(arguments: list[str]) -> None:
    """`gh run download`: like that it writes over no file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    for name in ("--repo", "--name", "--dir"):
        parser.add_argument(name, required=True)
    given = parser.parse_args(arguments)
    for file in (FORGE / "artifacts" / given.run / given.name).iterdir():
        target = Path(given.dir) / file.name
        assert not target.exists(), target
        shutil.copy(file, target)


def api(arguments: list[str]) -> None:
    """`gh api`"""
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--method", default="GET")
    for name in ("--header", "--input", "--raw-field"):
        parser.add_argument(name)
    for name in ("--paginate", "--silent"):
        parser.add_argument(name, action="store_true")
    given = parser.parse_args(arguments)
    url = urlsplit(given.path)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    body = json.loads(Path(given.input).read_text("utf-8")) if given.input else {}
    for piece in answer(given.method, url.path, query, body, everything=given.paginate):
        if not given.silent:
            print(json.dumps(piece), end="")  # noqa: T201


def answer(method: str, path: str, query: dict[str, str], body: Any, *, everything: bool) -> list[Any]:
    """What the API says, page by page."""
    here = path.removeprefix("repos/example/catalogue/").split("/")
    found: list[Any] | None = None
    match method, here:
        case "GET", ["graphql"]:
            found = [{"data": {"viewer": {"login": ME}}}]
        case "GET", ["issues", _, "comments"]:
            found = paged(stored("comments"), query, everything=everything)
        case "POST", ["issues", _, "comments"]:
            comments = stored("comments")
            found = [{"id": 3_000_000_000 + len(comments), "user": {"login": ME}, **body}]
            store("comments", comments + found)
        case "PATCH", ["issues", "comments", number]:
            comments = stored("comments")
            found = [comment for comment in comments if comment["id"] == int(number)]
            found[0].update(body)
            store("comments", comments)
        case "GET", ["commits", _, "pulls"]:
            found = [stored("pulls")]
        case "GET", ["actions", "runs"]:
            runs = [run for run in stored("runs") if all(run[name] == query[name] for name in ("head_sha", "event"))]
            found = [{"workflow_runs": page} for page in paged(runs, query, everything=everything)]
        case "GET", ["actions", "runs", number]:
            found = [run for run in stored("runs") if run["id"] == int(number)]
        case "GET", ["actions", "runs", number, "artifacts"]:
            there = (FORGE / "artifacts" / number / query["name"]).is_dir()
            expired = (FORGE / "artifacts" / number / "expired").exists()
            found = [{"artifacts": [{"name": query["name"], "expired": expired}] if there else []}]
    if not found:
        sys.exit(f"gh: Not Found (HTTP 404): {method} {path}")
    return found


def paged(items: list[Any], query: dict[str, str], *, everything: bool) -> list[Any]:
    """The items in pages, as many as are asked for."""
    size = int(query.get("per_page", "30"))
    assert size <= 100
    pages = [items[start : start + size] for start in range(0, len(items), size)] or [[]]
    return pages if everything else pages[:1]


if __name__ == "__main__":
    main(sys.argv[1:])
