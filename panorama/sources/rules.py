"""Every V- rule once: what it is called, what it means, how grave it is. Remarks and the methods page speak from here."""

from __future__ import annotations

from dataclasses import dataclass

from panorama.sources.grammar import Severity
from panorama.text import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of validation. A remark may be less grave than its rule, never graver."""

    id: str
    title: Text
    explanation: Text
    severity: Severity


def _rule(id: str, severity: Severity, zh: str, en: str, zh_why: str, en_why: str) -> Rule:
    return Rule(id, Text(zh, en), Text(zh_why, en_why), severity)


_ALL = (
    _rule(
        "V-REQ",
        "refused",
        "缺少必填内容",
        "Required cell empty",
        "必填列为空，或该行在这种情况下必须填写的内容为空。请补填后重新导入。",
        "A required column is empty, or what this row must say in its case is missing. Fill it in and load again.",
    ),
    _rule(
        "V-KEY",
        "refused",
        "缺少核定数",
        "No approved number",
        "有实有人数或编制类型，却没有核定编制数：没有编制填 0；空不等于 0，也不能据此判断超编。",
        "There are people or a staffing type but no approved number: write 0 where nothing is approved. Empty is not 0, "
        "and no excess can be told from it.",
    ),
    _rule(
        "V-TYPE",
        "refused",
        "类型不符",
        "Not of the right type",
        "应填数字、日期或是否的单元格读不出相应的值。请按列说明改写。",
        "A cell that should hold a number, a date or yes/no cannot be read as one. Rewrite it as the column asks.",
    ),
    _rule(
        "V-RANGE",
        "refused",
        "超出范围",
        "Out of range",
        "数值超出该列允许的范围（如人数为负）；可核对的可疑值只提示。",
        "A number lies outside what the column allows (a negative head count); merely doubtful values are only warned of.",
    ),
    _rule(
        "V-ENUM",
        "refused",
        "不在选项内",
        "Not one of the choices",
        "填写的内容不是该列的选项，也不是已知的别名；考核等次没有对照时只提示。请从下拉选项中选择。",
        "The text is none of the column's choices and no known alias; a grade without a mapping is only warned of. "
        "Choose from the drop-down.",
    ),
    _rule(
        "V-DATE",
        "refused",
        "日期不合理",
        "Date impossible",
        "日期在将来、过于久远、先后颠倒，或只写了两位年份；统计期不是年、季、月的样式。",
        "A date lies ahead, absurdly far back, before what it follows, or has a two-digit year; or a period is no year, "
        "quarter or month.",
    ),
    _rule(
        "V-REL",
        "refused",
        "列间矛盾",
        "Columns contradict each other",
        "同一行的两列不能同时成立（如借出人数大于实有人数）。能疑而不能断的只提示。",
        "Two columns of one row cannot both be right (more seconded out than there are people). What is only doubtful "
        "is warned of.",
    ),
    _rule(
        "V-USCC",
        "refused",
        "统一社会信用代码有误",
        "Unified social credit code wrong",
        "按 GB 32100—2015：18位，字母不含 I、O、S、V、Z，第18位为校验位。",
        "By GB 32100-2015: 18 characters, no I, O, S, V, Z; the 18th checks the others.",
    ),
    _rule(
        "V-ALIAS",
        "refused",
        "别名过于笼统",
        "Alias too general",
        "办公室、机关、本级等通用词不能指向某一个单位。",
        "Words such as office, organ or own level cannot stand for one unit.",
    ),
    _rule(
        "V-ID-1",
        "warning",
        "单位未能识别",
        "Unit not resolved",
        "编码、信用代码、全称、已确认的名称都对不上：该行待确认，确认后自动生效，不必重新导入。",
        "No code, credit code, full or confirmed name fits: the row waits, and comes alive when a person confirms the name.",
    ),
    _rule(
        "V-ID-2",
        "warning",
        "一名多主",
        "Two units claim one name",
        "同一名称在同一天属于两个单位，须由人确定。",
        "One name belongs to two units on one day; a person decides.",
    ),
    _rule(
        "V-ID-3",
        "refused",
        "不是单位",
        "No unit",
        "有人确认过这个名称不是任何单位（平均值、说明等）：该行不计入，也不用再处理，原样保留。在“已确认的名称”里可收回。",
        "A person said that this name is no unit (an average, a note): the row does not count, is nobody's task, and is kept as it is. "
        "The answer can be taken back.",
    ),
    _rule(
        "V-LED-1",
        "warning",
        "空编、超编或结构算不平",
        "Vacant, over or structure does not add up",
        "空编数应为 max(0, 核定−实有)，超编数应为 max(0, 实有−核定)，管理、专技、工勤之和应等于核定编制数。系统按核定与实有重算。",
        "Vacant is max(0, approved − actual), over is max(0, actual − approved), and the three parts add up to the "
        "approved number. Figures are computed from approved and actual.",
    ),
    _rule(
        "V-LED-2",
        "warning",
        "单位数与处室合计不符",
        "Unit differs from the sum of its offices",
        "同一日期、同一编制类型，单位一行应等于各内设机构之和。",
        "For one date and staffing type the unit's row should equal the sum of its offices.",
    ),
    _rule(
        "V-LED-3",
        "warning",
        "台账变化与批文不符",
        "Ledger and documents disagree",
        "两个统计日期之间核定编制的变化，应等于其间批文变动数之和。",
        "The change of approved staff between two dates should equal the sum of the documents between them.",
    ),
    _rule(
        "V-LED-4",
        "warning",
        "名册与台账不符",
        "Roster differs from ledger",
        "按编制类型，名册人数应等于台账实有人数。",
        "By staffing type the roster should count as many people as the ledger.",
    ),
    _rule(
        "V-LED-5",
        "warning",
        "编制突变而无批文",
        "Jump without a document",
        "相邻统计日期变化超过20%且超过5人，而其间没有批文。",
        "More than 20 % and more than 5 people changed between neighbouring dates, with no document between.",
    ),
    _rule(
        "V-LED-6",
        "warning",
        "编制类型漏报",
        "Type left out",
        "上次台账有的编制类型，这次台账没有，其间也没有批文核销；按未报处理，不当作零。",
        "The last ledger states a staffing type and this one does not, with no document between: not reported, not zero.",
    ),
    _rule(
        "V-SUM",
        "warning",
        "合计与明细不符",
        "Total differs from its rows",
        "合计、小计行（列）与所辖各行（列）之和不等；合计不入库。",
        "A total row or column differs from the sum of its block; totals are not stored.",
    ),
    _rule(
        "V-WL-1",
        "warning",
        "没有标准工时",
        "No standard time",
        "工作量对应的事项没有适用的标准工时：不按零计算，单独列出，饱满度为下限。",
        "No standard time fits the activity: the volume is not counted as zero but listed, and saturation is a lower bound.",
    ),
    _rule(
        "V-WL-2",
        "warning",
        "统计期重叠",
        "Periods overlap",
        "同一事项同时按年、季、月报送，可能重复计算。",
        "One activity is reported by year, quarter and month at once and may be counted twice.",
    ),
    _rule(
        "V-WL-3",
        "warning",
        "实际工时偏离标准",
        "Hours far from the standard",
        "实际工时除以工作量，不在标准工时的0.2至5倍之间。",
        "Actual hours by volume lie outside 0.2 to 5 times the standard time.",
    ),
    _rule(
        "V-DUP",
        "refused",
        "重复的行",
        "Row given twice",
        "同一批文件中同一关键字出现两次且内容不同；与已入库的相同为更新，列出新旧差异。",
        "One key occurs twice in a drop with different content; the same key as in the store is an update, shown as a diff.",
    ),
    _rule(
        "V-UNIT",
        "warning",
        "计量单位存疑",
        "Unit in doubt",
        "金额等与同列其他值或往年相差约一万倍，可能混用了元与万元。",
        "An amount differs from its column or from past years about ten-thousandfold: 元 and 万元 may be mixed.",
    ),
    _rule(
        "V-SCALE",
        "warning",
        "已按单位换算",
        "Converted by its unit",
        "按表头或“单位：”行注明的单位换算；百分数按整列判断。请核对。",
        "Converted by the unit in the header or the 单位 line; percentages are judged by the whole column. Please check.",
    ),
    _rule(
        "V-APPROX",
        "note",
        "约数",
        "Approximate",
        "“约30”“30余”“年底”等按所写数字或日期记录并注明为约数；“3-5”为区间，不取数。",
        "About 30, over 30, end of the year are kept as written and marked; a range such as 3-5 gives no number.",
    ),
    _rule(
        "V-MANY",
        "warning",
        "一格像有几个问题",
        "Several findings in a cell",
        "问题描述里分条编号（1.…2.…、（一）…（二）…、①…②…）：按一个问题计，问题数、整改率会偏少。请拆成每行一个；确是一个问题的，不用改。",
        "A description in numbered items counts as one finding, so counts and shares may be too small: give each a row, or leave it where it is one.",
    ),
    _rule(
        "V-NOTE",
        "note",
        "数字旁有说明",
        "Words beside a number",
        "如“35(含借调2)”：取 35，括号内文字原样记入提醒；借调、单列人员请另填对应的列，系统不猜。",
        "35(含借调2) is read as 35, and the words are kept as a remark; seconded or separately listed people have columns of their own and are never guessed.",
    ),
    _rule(
        "V-NULL0",
        "warning",
        "整列为0",
        "All zero",
        "整列都是 0，可能是以 0 代替未填；空不等于 0。",
        "A whole column is 0: perhaps 0 was written for unknown. Empty is not 0.",
    ),
    _rule(
        "V-FORMULA",
        "refused",
        "公式没有结果",
        "Formula without a value",
        "单元格是没有计算结果的公式或 #N/A 等错误值。请在表格软件中重新计算并另存。",
        "The cell holds a formula without a computed value, or an error such as #N/A. Compute and save it again.",
    ),
    _rule(
        "V-HEAD",
        "note",
        "未识别的列",
        "Column not recognised",
        "该列不属于本数据集，未导入；原文件完整保留。",
        "The column belongs to no field of this dataset and was not taken in; the original file is kept whole.",
    ),
    _rule(
        "V-ENC",
        "refused",
        "编码有误",
        "Encoding fault",
        "文本中有无法还原的字符，或一行也没有读出。请另存为 UTF-8 或 xlsx 后再试。",
        "The text holds characters that cannot be restored, or no row was read. Save it as UTF-8 or xlsx and try again.",
    ),
    _rule(
        "V-CONF",
        "refused",
        "疑似涉密",
        "Marked secret",
        "文件名、标题或表头含秘密、机密、绝密字样：不读取、不入库。本系统不得导入涉密数据。",
        "The name, title or header says 秘密, 机密 or 绝密: it is neither read nor stored. Classified data may not be taken in.",
    ),
    _rule(
        "V-PII",
        "refused",
        "含身份证号码",
        "Identity-card number",
        "单元格含18位身份证号码：不入库，问题单中只显示首尾。请删去后重新导入。",
        "A cell holds an identity-card number: it is never stored and shown masked. Remove it and load again.",
    ),
    _rule(
        "V-ID18",
        "refused",
        "长编码丢失末位",
        "Long code lost its last digits",
        "18位代码按数字录入时，表格软件只保留前15位。请把该列设为文本格式后重新录入。",
        "A spreadsheet keeps only 15 digits of an 18-digit code typed as a number. Format the column as text, type it again.",
    ),
    _rule(
        "V-B01",
        "warning",
        "统计报表要求",
        "National statistics",
        "全国机构编制统计要求：名称、简称、机构规格不为空，行政、参公、事业编制至少一项不为空，正职职数不超过2。",
        "National statistics ask for name, short name and rank of a unit, at least one of administrative, civil-service "
        "or institution staff, and at most two heads.",
    ),
    _rule(
        "V-OFF-1",
        "warning",
        "内设机构不在名录",
        "Office not registered",
        "该单位已报内设机构名录，但没有这个名称或编码：该行照常接收，按新机构统计。请核对名称，或补报内设机构名录。",
        "The unit's register of offices has no such name or code: the row is taken in and counted as an office of its own. "
        "Check the name, or add it to the register.",
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
"""Rule id → rule."""
