"""Enumerations: what is stored, how it is shown, how real files write it.

Stored is the canonical Chinese word; for staffing types the code. An alias belongs to one value only.
How an institution is paid (全供, 差供, 自收自支) is funding, never a staffing type.
"""

from __future__ import annotations

from panorama.sources.grammar import Choice
from panorama.text import Text


def _list(*rows: tuple[str, str, str]) -> tuple[Choice, ...]:
    """Choices from (word, English, aliases separated by spaces)."""
    return tuple(Choice(word, Text(word, en), tuple(aliases.split())) for word, en, aliases in rows)


ESTAB_TYPE = (
    Choice("XZ", Text("行政编制", "Administrative"), ("行政", "机关行政编制", "行政机关编制", "公务员编制")),
    Choice(
        "ZF",
        Text("政法专项编制", "Political-legal special"),
        ("政法专项", "政法编制", "政法", "公安专项", "公安专项编制", "政法专项行政编制"),
    ),
    Choice(
        "JJ",
        Text("纪检监察行政编制", "Discipline inspection"),
        ("纪检监察", "纪检监察编制", "纪检监察专项编制", "纪检行政编制"),
    ),
    Choice(
        "JG",
        Text("机关工勤编制", "Organ support staff"),
        ("机关工勤", "工勤", "工勤编制", "机关后勤事业", "机关后勤事业编制", "机关后勤编制", "机关后勤服务编制"),
    ),
    Choice("SY", Text("事业编制", "Institution"), ("事业", "事业单位编制", "其他事业编制")),
    Choice(
        "CG",
        Text("参公事业编制", "Institution under civil-service rules"),
        ("参公", "参公编制", "参照公务员法管理事业编制", "参照公务员法管理", "参公管理事业编制"),
    ),
    Choice("SG", Text("事业工勤", "Institution support staff"), ("事业工勤编制", "事业单位工勤编制", "事业单位工勤")),
    Choice("QT", Text("其他编制", "Other"), ("其他", "其它", "其它编制")),
)

UNIT_KIND = _list(
    ("党委部门", "Party department", "党委工作部门 党委机构 党的机关 市委部门 区委部门"),
    ("人大机关", "People's congress", "人大 人大常委会机关"),
    ("政府部门", "Government department", "政府工作部门 政府机构 行政机关 政府组成部门 政府直属机构"),
    ("政协机关", "Political consultative conference", "政协"),
    ("监察/审判/检察机关", "Supervision, court or procuratorate", "监察机关 审判机关 检察机关 法院 检察院 监委 两院"),
    ("群团机关", "Mass organisation", "群团 群众团体 人民团体 群团组织"),
    ("民主党派", "Democratic party", "民主党派机关 民主党派工商联"),
    (
        "直属事业单位",
        "Directly subordinate institution",
        "市直属事业单位 区直属事业单位 政府直属事业单位 党委直属事业单位",
    ),
    ("部门所属事业单位", "Institution under a department", "所属事业单位 事业单位 下属事业单位 部门下属事业单位"),
    ("街道乡镇", "Sub-district or township", "街道 乡镇 街镇 街道办事处 乡镇街道"),
    ("区(县)", "District or county", "区 县 区县 区（县）"),
    ("派出机构", "Dispatched office", "派出机关 派驻机构"),
    ("其他", "Other", "其它"),
)

TEMPLATE_KIND = (
    Choice("PARTY", Text("党委部门", "Party department"), ("党委部门类", "党委")),
    Choice("GOV", Text("政府部门", "Government department"), ("政府部门类", "政府")),
    Choice("INST", Text("直属事业单位", "Directly subordinate institution"), ("直属事业单位类", "事业单位")),
    Choice("DISTRICT", Text("区", "District"), ("区(县)", "区类", "区县")),
)

ADMIN_LEVEL = _list(
    ("市", "City", "市级 市本级 市属 市直"),
    ("区", "District", "区级 区本级 区属 县级 区县级 区(县)"),
    ("街镇", "Sub-district or town", "街道乡镇 乡镇 街道 镇 乡镇级"),
)

LEVEL = _list(
    ("正省部", "Ministerial", "正省部级 省部级正职 正部级 正省级 正部"),
    ("副省部", "Deputy ministerial", "副省部级 省部级副职 副部级 副省级 副部"),
    (
        "正厅(局)",
        "Bureau",
        "正厅局级 正厅级 正局级 正厅 正局 厅局级正职 地厅级正职 厅局级 正厅(局)级 相当于正厅级 相当于正局级",
    ),
    ("副厅", "Deputy bureau", "副厅级 副局级 副局 副厅(局) 副厅局级 厅局级副职 地厅级副职 相当于副厅级 相当于副局级"),
    ("正处", "Division", "正处级 县处级正职 县处级 处级 正县级 正县处级 相当于正处级 相当正处级"),
    ("副处", "Deputy division", "副处级 县处级副职 副县级 副县处级 相当于副处级 相当副处级"),
    ("正科", "Section", "正科级 乡科级正职 乡科级 科级 科 相当于正科级 相当正科级"),
    ("副科", "Deputy section", "副科级 乡科级副职 相当于副科级 相当副科级"),
    ("正股", "Sub-section", "正股级 股级 股所级 股所级正职"),
    ("副股", "Deputy sub-section", "副股级 股所级副职"),
    ("未定级", "Not graded", "未定规格 无级别 不定级 未明确规格 未定"),
    ("其他", "Other", "其它"),
)

FUND = _list(
    ("财政拨款", "Full appropriation", "全额拨款 全额 全供 财政全额拨款 全额财政拨款"),
    ("财政补助", "Financial subsidy", "财政补贴 财政补助收入"),
    ("差额补贴", "Partial subsidy", "差额拨款 差额 差供 财政差额拨款 差额补助"),
    ("经费自理", "Self-supporting", "自收自支 自筹 经费自筹"),
)

WELFARE_CLASS = _list(
    ("公益一类", "Public welfare class I", "公益Ⅰ类 公益1类 一类 公益一类事业单位"),
    ("公益二类", "Public welfare class II", "公益Ⅱ类 公益2类 二类 公益二类事业单位"),
    ("行政类(存量)", "Administrative (existing)", "行政类 承担行政职能 行政类事业单位 行政类（存量）"),
    ("经营类", "Commercial", "生产经营类 从事生产经营活动 经营类事业单位"),
    ("暂未分类", "Not yet classified", "未分类 暂不分类 待分类"),
)

UNIT_STATUS = _list(
    ("在册", "Registered", "正常 存续 有效 在用"),
    ("撤销", "Abolished", "已撤销 注销 已注销"),
    ("合并", "Merged", "已合并 并入"),
)

ALIAS_KIND = _list(
    ("曾用名", "Former name", "原名 原名称 旧称"),
    ("简称", "Short name", "规范简称"),
    ("挂牌", "Name plate", "加挂牌子 挂牌名称 加挂"),
    ("误写", "Misspelling", "错写 误称"),
    ("编码", "Code", "代码"),
)

OFFICE_KIND = _list(
    ("综合", "General", "综合处室 综合类 综合管理"),
    ("业务", "Line work", "业务处室 业务类"),
    ("监督", "Supervision", "监督类 监督检查"),
    ("党务", "Party work", "党务类 机关党委 党建"),
    ("下属", "Subordinate", "下设 下设机构 下属机构"),
    ("派出", "Dispatched", "派出机构 派驻"),
)

POST_CLASS = _list(
    ("领导", "Leader", "领导岗位 领导岗 领导职务"),
    ("管理", "Management", "管理岗位 管理岗"),
    ("专技", "Professional", "专业技术 专业技术岗位 专技岗位 专技岗"),
    ("工勤", "Support", "工勤岗位 工勤技能 工勤技能岗位 工勤岗"),
    ("辅助", "Auxiliary", "辅助岗位 辅助岗"),
)

QUOTA_SCOPE = _list(
    ("单位领导", "Unit leaders", "单位领导职数 领导班子 部门领导 班子"),
    ("内设机构领导", "Office leaders", "内设机构领导职数 内设机构 处室领导 中层 中层领导"),
    ("纪检监察", "Discipline inspection", "纪检 纪检监察职数 派驻纪检"),
    ("非领导", "Non-leading", "非领导职数 非领导职务"),
    ("职级", "Grades", "职级职数 职务职级"),
)

RANK = _list(
    ("正职", "Head", "正 正职领导 单位正职 正职数"),
    ("副职", "Deputy", "副 副职领导 单位副职 副职数"),
    ("党委书记", "Party secretary", "党组书记 书记"),
    ("行政正职", "Administrative head", "行政主要负责人"),
    ("党委副书记", "Deputy party secretary", "党组副书记 副书记"),
    ("行政副职", "Administrative deputy", ""),
    ("秘书长", "Secretary-general", ""),
    ("总师", "Chief specialist", "总工程师 总会计师 总经济师 总规划师"),
    ("机关党委书记", "Secretary of the organ's party committee", "机关党委专职副书记 机关党委"),
    ("政治部主任", "Head of the political department", "政治处主任"),
    ("专业技术领导", "Professional leader", "专业技术领导职务"),
    ("纪检组长", "Head of discipline inspection", "纪委书记 纪检书记 纪检监察组组长"),
)

CHANGE_KIND = _list(
    ("增加", "Increase", "增编 新增 核增 增加编制"),
    ("核减", "Reduction", "减编 减少 核减编制 收回"),
    ("划转", "Transfer", "划入 划出 调剂 划转编制"),
    ("更名", "Renaming", "名称变更 变更名称"),
    ("合并", "Merger", "整合 组建"),
    ("撤销", "Abolition", "撤并 撤销机构"),
    ("职数", "Leader posts", "职数调整 领导职数 职数变动"),
    ("规格", "Rank", "规格调整 提规格 机构规格"),
    ("挂牌", "Name plate", "加挂牌子 加挂"),
)

APPROVER = _list(
    ("编委", "Staffing commission", "机构编制委员会 市委编委 区委编委"),
    ("编办", "Staffing office", "机构编制委员会办公室 市委编办 区委编办"),
    ("上级", "Higher authority", "上级机关 中央编办 上级批复"),
)

WISN_CLASS = _list(
    ("核心", "Core (by volume)", "经常性 核心工作 核心任务 经常性工作 业务性"),
    ("支持", "Support (all staff, by share)", "支持性 辅助 支持性工作 辅助性 辅助工作"),
    ("附加", "Additional (some staff)", "附加性 附加工作 额外"),
    ("突发", "Unplanned", "突发性 临时 临时性 突发工作 临时交办"),
)

EVIDENCE = _list(
    ("写实", "Measured", "工作写实 现场写实 实测 跟班写实"),
    ("系统日志", "System log", "系统 日志 业务系统日志"),
    ("专家", "Expert", "专家评估 专家判断 专家评定"),
    ("申报", "Declared", "自报 单位申报 自行申报"),
)

WORK_SOURCE = _list(
    ("业务系统", "Business system", "系统 系统导出 信息系统"),
    ("统计台账", "Statistical ledger", "台账 统计 统计报表"),
    ("人工填报", "Filled in by hand", "填报 人工 手工填报 自报"),
)

INSPECTION_KIND = _list(
    ("常规", "Regular", "常规巡视 常规巡察 常规巡视巡察"),
    ("专项", "Special", "专项巡视 专项巡察"),
    ("机动", "Flexible", "机动式 机动巡视 机动巡察 机动式巡察"),
    ("提级", "Raised", "提级巡察 提级巡视"),
    ("回头看", "Look back", "巡视回头看 巡察回头看 巡视“回头看” “回头看”"),
)

INSPECTION_AUTHORITY = _list(
    ("中央", "Central", "中央巡视 中央巡视组 党中央"),
    ("市委", "City committee", "市委巡视 市委巡察 市委巡视组 市级"),
    ("区委", "District committee", "区委巡察 区委巡察组 区级"),
    ("其他", "Other", "其它"),
)

ESTAB_RELATED = _list(
    ("是", "Yes", "涉及 涉编 有 √ yes y 1"),
    ("否", "No", "不涉及 不涉编 × no n 0"),
    ("待判", "To be judged", "待定 待研判 不确定"),
)

SEV = _list(
    ("一般", "Ordinary", "一般问题 轻微 较轻"),
    ("较重", "Rather serious", "较严重 较重问题 比较严重"),
    ("严重", "Serious", "严重问题 重大 突出"),
    ("未定", "Not determined", "(未定) 待定 未评定"),
)

RECTIFY_STATE = _list(
    ("未启动", "Not begun", "未整改 未开始 尚未整改"),
    ("整改中", "Under way", "正在整改 进行中 推进中 整改推进中"),
    ("基本完成", "Nearly done", "基本完成整改 部分完成 基本到位"),
    ("已完成", "Done", "完成 已整改 整改完成 已整改到位 整改到位 已销号 销号 是"),
    ("长期坚持", "Kept up over time", "持续整改 持续推进 长期整改"),
    ("未说明", "Not said", "不详 未注明"),
)

RECTIFY_TERM = _list(
    ("立行立改", "At once", "立即整改 立查立改"),
    ("限期", "By a date", "限期整改 分阶段整改 分阶段"),
    ("长期坚持", "Kept up over time", "持续整改 长期整改 持续"),
)

AUDIT_TERM = _list(
    ("立行立改", "At once", "立即整改 立查立改"),
    ("分阶段整改", "In stages", "分阶段 限期整改"),
    ("持续整改", "Continuously", "持续 长期整改 持续推进"),
)

AUDIT_KIND = _list(
    ("经济责任", "Economic responsibility", "经济责任审计 经责 经责审计 领导干部经济责任审计"),
    ("预算执行", "Budget execution", "预算执行审计 部门预算执行审计 预算执行和其他财政收支审计"),
    ("专项", "Special", "专项审计 专项审计调查"),
    ("政策跟踪", "Policy tracking", "政策跟踪审计 政策落实跟踪审计 重大政策措施落实跟踪审计"),
    ("机构编制专项", "Staffing audit", "机构编制专项审计 机构编制审计"),
    ("内审", "Internal", "内部审计"),
)

DISPOSAL = _list(
    ("决定", "Decision", "审计决定 处理决定"),
    ("建议", "Advice", "审计建议 处理建议"),
    ("移送", "Referral", "移送处理 移送处理书"),
    ("边审边改", "Put right during audit", "边审边改完成 审计期间整改"),
)

RANKING_SCOPE = _list(
    ("全国", "National", "全国范围 全国排名"),
    ("全市", "City", "全市范围 市级 全市排名"),
    ("全省", "Province", "全省范围 省级"),
    ("同类城市", "Like cities", "同类地区 同类"),
    ("区", "District", "区内 全区 区级"),
)

DIRECTION = _list(
    ("正向", "Higher is better", "正 正指标 越高越好 正向指标"),
    ("逆向", "Lower is better", "逆 反向 负向 逆指标 越低越好 逆向指标"),
)

AIM = _list(
    ("正向", "Higher is better", "正 正指标 越高越好 正向指标"),
    ("逆向", "Lower is better", "逆 反向 负向 逆指标 越低越好 逆向指标"),
    ("适度", "A middle is best", "适中 区间 适度指标"),
)

INDEX = _list(
    ("执行情况", "Compliance", "执行 执行情况指数"),
    ("使用效益", "Benefit", "效益 使用效益指数"),
)
"""The two indices: never added up."""

INDICATOR_SCOPE = _list(("共性", "Common", "共性指标"), ("个性", "Individual", "个性指标"))

RATER_KIND = _list(
    ("自评", "The unit itself", "自我评估 单位自评"),
    ("互评", "Another unit", "互查互评 交叉评估"),
    ("评估组", "Evaluation team", "专家组 工作组 评估小组"),
    ("系统", "By the system", "系统评分 自动评分"),
)

CONF = _list(
    ("公开", "Public", "可公开 主动公开"),
    ("内部", "Internal", "内部资料 内部使用 内部公开"),
    ("敏感", "Sensitive", "敏感信息 工作敏感"),
)

_THEMES = """
T01 职责缺位/未落实|duty not discharged
T02 职责交叉推诿|overlapping or disputed duty
T03 "三定"外履职/越位|acting outside the mandate
T04 改革调整未到位|reform not carried through
T05 擅自/变相增设机构|body set up without approval
T06 擅自更名/加挂牌子|renamed or extra name plate without approval
T07 擅自提高规格|rank raised without approval
T08 内设机构不合规/过碎|internal offices irregular or too many
T09 议事协调/临时机构未清理|coordinating or temporary bodies not cleared
T10 违规超编进人|over-establishment against the rules
T11 政策性超编|over-establishment by policy
T12 空编率高/长期空编|high or long vacancy
T13 混编混岗/挤占挪用|staffing types mixed or misappropriated
T14 长期借调/在编不在岗|long secondment, on the books but not at work
T15 吃空饷/虚报|pay without work, padded numbers
T16 编外聘用不规范|non-establishment hiring irregular
T17 超职数配备|more leaders than approved
T18 超规格/高配|leaders above the approved rank
T19 违规设助理等职务|assistant posts against the rules
T20 土政策提级|rank raised by local policy
T21 实名制/统计失真|register or statistics untrue
T22 越权审批/程序不规范|approval beyond powers, procedure irregular
T23 条条干预|interference by the line ministry
T24 条例学习宣传不到位|regulations not studied
T25 忙闲不均|uneven load
T26 长期不饱和|long underload
T27 长期超负荷|long overload
T28 履职效能/满意度低|low performance or satisfaction
T29 人岗不匹配/结构失衡|people and posts mismatched
T30 流程/信息化问题|process or IT problem
"""


def _theme(line: str) -> Choice:
    code, words = line.split(" ", 1)
    zh, en = words.split("|")
    return Choice(code, Text(zh, en), (f"{code} {zh}", f"{code}{zh}"))


THEME = tuple(_theme(line) for line in _THEMES.strip().splitlines())

ENUMERATIONS: dict[str, tuple[Choice, ...]] = {
    "estab_type": ESTAB_TYPE,
    "unit_kind": UNIT_KIND,
    "template_kind": TEMPLATE_KIND,
    "admin_level": ADMIN_LEVEL,
    "level": LEVEL,
    "fund": FUND,
    "welfare_class": WELFARE_CLASS,
    "unit_status": UNIT_STATUS,
    "alias_kind": ALIAS_KIND,
    "office_kind": OFFICE_KIND,
    "post_class": POST_CLASS,
    "quota_scope": QUOTA_SCOPE,
    "rank": RANK,
    "change_kind": CHANGE_KIND,
    "approver": APPROVER,
    "wisn_class": WISN_CLASS,
    "evidence": EVIDENCE,
    "work_source": WORK_SOURCE,
    "inspection_kind": INSPECTION_KIND,
    "inspection_authority": INSPECTION_AUTHORITY,
    "estab_related": ESTAB_RELATED,
    "sev": SEV,
    "rectify_state": RECTIFY_STATE,
    "rectify_term": RECTIFY_TERM,
    "audit_term": AUDIT_TERM,
    "audit_kind": AUDIT_KIND,
    "disposal": DISPOSAL,
    "ranking_scope": RANKING_SCOPE,
    "direction": DIRECTION,
    "aim": AIM,
    "index": INDEX,
    "indicator_scope": INDICATOR_SCOPE,
    "rater_kind": RATER_KIND,
    "conf": CONF,
    "theme": THEME,
}
"""Every enumeration by name, as the snapshot lists them."""


def label(enumeration: str, value: str) -> Text:
    """How a stored value is shown; as it stands when the enumeration does not know it."""
    return next((choice.label for choice in ENUMERATIONS[enumeration] if choice.value == value), Text(value, value))
