"""Texts that would be something else than text, wherever Markdown or HTML is read."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For tests that take what time they need."""

SAMPLES = (
    "<script>alert(1)</script>",
    "</code></details><img src=x onerror=alert(1)>",
    "<!-- --> <?php ?> <![CDATA[ ]]>",
    "&lt;b&gt; &amp;amp; &#64; &nbsp;",
    "[link](javascript:alert(1)) ![image](https://example.org/x.png) [ref][1]",
    "https://example.org www.example.org a@example.org <https://example.org>",
    "@admin owner/repository#12 #34 !56 0123456789abcdef0123456789abcdef01234567 :tada:",
    "*a* _b_ **c** ~~d~~ ==e== H~2~O $x$ $$y$$",
    "` `` ``` ```` ~~~",
    "`",
    "``a",
    "a`",
    "```\nfence\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "\\| \\\\| \\` \\",
    "# Heading\n\nParagraph\n===\n---\n- item\n1. one\n> quote",
    "\n\n</details>\n\n# free",
    "    indented",
    "  two spaces  ",
    " ` ",
    "- [ ] task",
    "[^1]: note",
    "/label ~bug\n/close",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200bzero\u200d width\ufeff",
    "\x00\x1b[31m\x07\x7f\u2028\u2029\x85",
    "שלום עליכם",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "'\" onmouseover='alert(1)",
    "</style></title></textarea><svg onload=alert(1)>",
    "🛵" * 3 + "e\u0301",
)
"""Each is one trick or several."""
TEXTS = st.lists(
    st.sampled_from(SAMPLES) | st.text("`|\\<>&\"'@#*_[]()~- \n\r\tax:/.!\u202e\u00a0é🛵", min_size=1, max_size=12),
    min_size=1,
    max_size=3,
).map("".join)
