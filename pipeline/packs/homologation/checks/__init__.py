"""Rules on the homologation catalogue, beyond what holds for any pack: errors first, then warnings."""

from __future__ import annotations

from pipeline.model.diagnostic import Rule
from pipeline.packs.homologation.checks import (
    active_under_inactive,
    condition_field,
    condition_value,
    element_in_no_tier,
    empty_tier,
    equal_sort_order,
    min_above_max,
    pattern_syntax,
    scenario_expect,
    scenario_request,
    select_options,
    setting_value,
    shared_keyword,
    tier_cycle,
    unknown_group,
    unknown_must_include,
    validation_range,
    variant,
    warning_threshold,
)

RULES: tuple[Rule, ...] = (
    tier_cycle.RULE,
    min_above_max.RULE,
    unknown_group.RULE,
    unknown_must_include.RULE,
    condition_field.RULE,
    condition_value.RULE,
    select_options.RULE,
    pattern_syntax.RULE,
    validation_range.RULE,
    setting_value.RULE,
    variant.RULE,
    scenario_request.RULE,
    scenario_expect.RULE,
    element_in_no_tier.RULE,
    active_under_inactive.RULE,
    empty_tier.RULE,
    equal_sort_order.RULE,
    shared_keyword.RULE,
    warning_threshold.RULE,
)
