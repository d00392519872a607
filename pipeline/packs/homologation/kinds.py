"""The kinds of the homologation catalogue, parents before children."""

from __future__ import annotations

from pipeline.model.kind import Kind, Mapping, Ref

CATEGORY = Kind("category", table="vehicle_categories", section="categories", key=("slug",))
TIER = Kind(
    "tier",
    table="tariff_tiers",
    section="tiers",
    key=("category", "code"),
    refs=(Ref("category", to="category", column="category_id", placed=True),),
    children=("warning",),
    prices=("price",),
)
DOCUMENT = Kind(
    "document",
    table="base_documentation",
    section="documents",
    key=("category", "code"),
    refs=(Ref("category", to="category", column="category_id", placed=True),),
)
SERVICE = Kind(
    "service",
    table="additional_services",
    section="services",
    key=("category", "code"),
    refs=(Ref("category", to="category", column="category_id", optional=True, placed=True),),
    prices=("price",),
)
PROMPT_SECTION = Kind(
    "prompt_section",
    table="tariff_prompt_sections",
    section="prompt_sections",
    key=("category", "section_type"),
    refs=(Ref("category", to="category", column="category_id", placed=True),),
)
ELEMENT = Kind(
    "element",
    table="elements",
    section="elements",
    key=("category", "code"),
    refs=(
        Ref("category", to="category", column="category_id", placed=True),
        Ref("parent", to="element", column="parent_element_id", optional=True),
    ),
    children=("image", "required_field", "warning"),
)
IMAGE = Kind(
    "image",
    table="element_images",
    section="images",
    key=("element", "title"),
    refs=(Ref("element", to="element", column="element_id", placed=True),),
)
REQUIRED_FIELD = Kind(
    "required_field",
    table="element_required_fields",
    section="required_fields",
    key=("element", "field_name"),
    refs=(
        Ref("element", to="element", column="element_id", placed=True),
        Ref("condition_field", to="required_field", column="condition_field_id", optional=True),
    ),
)
WARNING = Kind(
    "warning",
    table="warnings",
    section="warnings",
    key=("category", "code"),
    refs=(
        Ref("category", to="category", column="owner_category_id", placed=True),
        Ref("scope", to="category", column="category_id", optional=True, placed=True),
        Ref("tier", to="tier", column="tier_id", optional=True, placed=True),
        Ref("element", to="element", column="element_id", optional=True, placed=True),
    ),
    scopes=("scope", "tier", "element"),
)
ELEMENT_WARNING = Kind(
    "element_warning",
    table="element_warning_associations",
    section="element_warnings",
    key=("element", "warning"),
    refs=(
        Ref("element", to="element", column="element_id", placed=True),
        Ref("warning", to="warning", column="warning_id", placed=True),
    ),
    along="warning",
)
INCLUSION = Kind(
    "inclusion",
    table="tier_element_inclusions",
    section="inclusions",
    key=("tier", "element"),
    refs=(
        Ref("tier", to="tier", column="tier_id", placed=True),
        Ref("element", to="element", column="element_id", placed=True),
    ),
)
TIER_INCLUSION = Kind(
    "tier_inclusion",
    table="tier_element_inclusions",
    section="tier_inclusions",
    key=("tier", "included_tier"),
    refs=(
        Ref("tier", to="tier", column="tier_id", placed=True),
        Ref("included_tier", to="tier", column="included_tier_id", placed=True),
    ),
)
POLICY = Kind("policy", table="policies", section="policies", key=("key",))
SETTING = Kind("setting", table="system_settings", section="settings", key=("key",))
CONSTRAINT = Kind(
    "constraint",
    table="response_constraints",
    section="constraints",
    key=("category", "code"),
    refs=(Ref("category", to="category", column="category_id", optional=True, placed=True),),
)

KINDS = (
    CATEGORY,
    TIER,
    DOCUMENT,
    SERVICE,
    PROMPT_SECTION,
    ELEMENT,
    IMAGE,
    REQUIRED_FIELD,
    WARNING,
    ELEMENT_WARNING,
    INCLUSION,
    TIER_INCLUSION,
    POLICY,
    SETTING,
    CONSTRAINT,
)
MAPPINGS = (Mapping(subject="tier", member="inclusion", include="tier_inclusion", group="group_name"),)
