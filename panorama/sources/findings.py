"""Columns and rules that inspection and audit findings share."""

from __future__ import annotations

from panorama.sources import checks
from panorama.sources.choices import CONF, ESTAB_RELATED, SEV, THEME
from panorama.sources.grammar import Check, Column
from panorama.text import Text

THEMES = Column(
    "机构编制主题",
    "Staffing themes",
    "list",
    aliases=("涉编主题", "主题"),
    choices=THEME,
    help=Text("主题编码 T01 至 T30，多个用顿号隔开", "Codes T01 to T30, separated by 、"),
)
RELATED = Column("是否涉及机构编制", "Concerns staffing", "enum", aliases=("涉编", "是否涉编"), choices=ESTAB_RELATED)
SEVERITY = Column("严重程度", "Severity", "enum", aliases=("程度", "问题严重程度"), choices=SEV)
NIL = Column(
    "无问题",
    "Nil return",
    "bool",
    aliases=("零报告", "是否零报告"),
    bare=("无",),
    help=Text(
        "填“是”表示本次没有发现问题，问题描述留空", "Yes says that nothing was found; the description stays empty"
    ),
)
CONFIDENCE = Column(
    "密级",
    "Classification",
    "enum",
    choices=CONF,
    help=Text(
        "公开、内部或敏感；涉密数据不得导入", "Public, internal or sensitive; classified data may not be taken in"
    ),
)


def finding_checks() -> tuple[Check, ...]:
    """Rules of a row that is either a finding or a nil return."""
    return (
        checks.told_unless_nil(
            "finding_no", Text("没有问题编号（零报告可不填）", "The finding has no number (a nil return needs none)")
        ),
        checks.told_unless_nil(
            "text",
            Text(
                "没有问题描述；没有问题请在“无问题”列填“是”",
                "The finding has no text; if nothing was found, say so under nil return",
            ),
        ),
        checks.nil_says_nothing(),
        checks.one_matter(),
    )
