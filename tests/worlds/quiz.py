"""The quiz: ids that are text, and questions of one code in several categories."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pipeline.commands.catalog import complete
from pipeline.packs.quiz import PACK
from tests.from_schema import one, several
from tests.strategies import Catalogue, Entry, booleans, some, texts, words
from tests.worlds.by_hand import edits
from tests.worlds.renaming import names, renames
from tests.worlds.world import World

HEAD: Entry = {"pack": PACK.name, "version": PACK.version}
CATEGORIES = ("reformas", "mecanica")
QUESTIONS = ("a", "b", "c")
_categories = some(
    {
        slug: st.fixed_dictionaries(
            {"slug": st.just(slug), "name": texts},
            optional={"color": st.just("#0EA5E9"), "description": texts, "active": booleans},
        )
        for slug in CATEGORIES
    }
)
_optional: dict[str, st.SearchStrategy[Any]] = {
    "difficulty": st.sampled_from(("easy", "medium", "hard")),
    "explanation": texts,
    "tags": words,
    "active": booleans,
}
_options = st.permutations(("uno", "dos", "e\u0301", '"')).flatmap(
    lambda found: st.integers(2, len(found)).map(lambda count: found[:count])
)
_questions = some(
    {
        code: st.fixed_dictionaries({"code": st.just(code), "question_text": texts}, optional=_optional)
        for code in QUESTIONS
    }
)
_category = one("category", PACK.name, ())
_question = one("question", PACK.name, ("options", "correct_answer", "question_type"))


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Some categories, and questions of the same codes in each."""
    categories = draw(_categories)
    found: Catalogue = {"categories.toml": HEAD | {"categories": categories}}
    for category in categories:
        questions = draw(_questions)
        for question in questions:
            question["options"] = draw(_options)
            question["correct_answer"] = draw(st.sampled_from(question["options"]))
        found[f"{category['slug']}.toml"] = _of(category, questions)
    return found


@st.composite
def shaped(draw: st.DrawFn) -> Catalogue:
    """The same with values as the schema admits them."""
    (category,) = draw(several(_category, "slug", 1).map(lambda found: found[:1]))
    questions = draw(several(_question, "code"))
    for question in questions:
        question["options"] = ["Verdadero", "Falso"]
        question["correct_answer"] = "Falso"
        question["question_type"] = "true_false"
    return {"categories.toml": HEAD | {"categories": [category]}, "questions.toml": _of(category, questions)}


def _of(category: Entry, questions: list[Entry]) -> Entry:
    return HEAD | {"category": category["slug"], "questions": questions}


WORLD = World(
    PACK,
    catalogues(),
    edits(complete((PACK,))[0]),
    names({"category": (*CATEGORIES, "quads"), "question": (*QUESTIONS, "new", "other")}),
    renames(PACK, lambda _entry, _new: None),
    shaped(),
)
