"""Plans as a comment on a pull request: Markdown as GitHub and GitLab read it.

Text from manifests and rows stands in code spans, fenced blocks and `<code>` alone: nothing in these is markup, a link,
a mention or a reference to an issue. See `quote`.
"""

from pipeline.render.markdown.plan import render

__all__ = ["render"]
