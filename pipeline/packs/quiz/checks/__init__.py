"""The rules of the pack. One rule, one file."""

from __future__ import annotations

from pipeline.model.diagnostic import Rule
from pipeline.packs.quiz.checks.answer_options import RULE as ANSWER_OPTIONS
from pipeline.packs.quiz.checks.correct_answer import RULE as CORRECT_ANSWER
from pipeline.packs.quiz.checks.empty_category import RULE as EMPTY_CATEGORY
from pipeline.packs.quiz.checks.repeated_question import RULE as REPEATED_QUESTION

RULES: tuple[Rule, ...] = (ANSWER_OPTIONS, CORRECT_ANSWER, EMPTY_CATEGORY, REPEATED_QUESTION)
