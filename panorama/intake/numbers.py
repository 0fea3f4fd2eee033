"""Numbers as people write them. Each function reads one cell; whole columns that are plain never come here."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Final

from panorama.intake.cell import EMPTY, Cell, Say, folded, is_blank, refused
from panorama.sources.grammar import Column
from panorama.text import Text

INT_MOST: Final = 2**63 - 1
COUNTS: Final = frozenset(
    [
        "名",
        "人",
        "个",
        "位",
        "员",
        "项",
        "件",
        "次",
        "户",
        "份",
        "家",
        "处",
        "宗",
        "起",
        "条",
        "人次",
        "件次",
        "人(fte)",
        "fte",
    ]
)
"""Units of counting: one stands for another after a number, for the number is the same."""
DAYS: Final = frozenset(("天", "日", "工日", "个工作日"))
HOURS: Final = frozenset(("小时", "时", "工时", "h", "小时/件", "小时/人·年"))

_PLAIN: Final = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?", re.IGNORECASE)
_GROUPED: Final = re.compile(r"([-+]?\d{1,3})((?:[, ]\d{3})+)(\.\d+)?")
_CHINESE: Final = re.compile(r"负?[零〇一二两三四五六七八九十百千万亿廿]+(?:点[零〇一二三四五六七八九]+)?")
_BRACKET: Final = re.compile(r"^(?P<head>[^()]+)\((?P<inside>[^()]*)\)$")
_RANGE: Final = re.compile(r"[-+]?\d+(?:\.\d+)?\s*(?:-|—|–|~|至|到)\s*\d+(?:\.\d+)?\s*\S{0,3}")
_UNIT: Final = re.compile(
    r"^(?P<number>[-+]?[\d,.\s]*\d\.?|[负零〇一二两三四五六七八九十百千万亿廿点]+)\s*(?P<unit>[^\d\s.,].*)$"
)
_DOWN: Final = re.compile(r"^(?:核减|减少|减编|减|收回|划出|调出|缩减)(?P<rest>.+)$")
_UP: Final = re.compile(r"^(?:增加|核增|新增|增编|增|划入|调入)(?P<rest>.+)$")
_RANK: Final = re.compile(r"^第?(?P<n>\d+|[一二三四五六七八九十百零]+)(?:名|位)?$")
_TIED: Final = re.compile(
    r"^(?:并列|并列第)(?P<n>\d+|[一二三四五六七八九十百零]+)(?:名|位)?$|^第?(?P<m>\d+)(?:名|位)?\(?并列\)?$"
)
_YUAN: Final = "元"
_MULTIPLE: Final = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1000), "百": Decimal(100)}


def number_reader(column: Column, factor: Decimal, header: str = "") -> Callable[[str], Cell]:
    """A function that reads one cell of an int or dec column.

    `factor` turns plain numbers into the column's unit; a unit written in the cell goes before it.
    `header` as written: under 核减编制 a positive number is a reduction, if the column is signed.
    """
    down = column.signed and re.search("核减|减少|减编", header) is not None and "增" not in header

    def read(raw: str) -> Cell:
        plain = folded(raw)
        if is_blank(plain):
            return EMPTY
        cell = _ordinal(plain, column) if column.ordinal else None
        if cell is None:
            cell = _signed(plain, column, factor, down) if column.signed else _scaled(plain, column, factor)
        return _minus(cell, column)

    return read


def _ordinal(plain: str, column: Column) -> Cell | None:
    """第3 → 3; 并列2 → 2 and tie; 前列 → no number but a tier. None when it is an ordinary number."""
    if found := _TIED.match(plain):
        number = _integer(found["n"] or found["m"])
        return Cell(number, (), {"tie": True}) if number is not None else None
    if found := _RANK.match(plain):
        number = _integer(found["n"])
        return Cell(number) if number is not None else None
    if re.search(r"\d", plain):
        return None
    said = Text(
        f"“{plain}”不是名次：排名留空，原文记入档次描述", f"“{plain}” is no rank: it is kept as a tier, not as a number"
    )
    return Cell(None, (Say("V-NOTE", "note", said),), {"tier_text": plain})


def _signed(plain: str, column: Column, factor: Decimal, down: bool) -> Cell:
    """核减3名 → −3, 增加5 → 5."""
    for pattern, sign in ((_DOWN, -1), (_UP, 1)):
        if found := pattern.match(plain.replace(" ", "")):
            cell = _scaled(found["rest"], column, factor)
            if cell.value is None or cell.value < 0:
                return _not_a_number(plain, column, factor) if cell.value is not None else cell
            return Cell(cell.value * sign, cell.says, cell.spill)
    cell = _scaled(plain, column, factor)
    if down and cell.value is not None and cell.value > 0:
        said = Text("表头写明核减，按减少记为负数", "The header says reduction: kept as a negative number")
        return Cell(-cell.value, (*cell.says, Say("V-NOTE", "note", said)), cell.spill)
    return cell


def _minus(cell: Cell, column: Column) -> Cell:
    if column.minus is None or cell.value is None or cell.value >= 0:
        return cell
    return Cell(None, cell.says, {**cell.spill, column.minus: -cell.value})


def _beside(words: str) -> Text:
    """The words beside a number, and where the people go whom they speak of."""
    zh, en = f"数字旁的说明：{words}。请核对口径", f"Words beside the number: {words}. Check what it covers"
    if "借" in words or "抽调" in words:
        return Text(f"{zh}；借调人员请另填借入或借出", f"{en}; seconded people have columns of their own")
    if "单列" in words:
        return Text(f"{zh}；单列人员请另起一行并填单列", f"{en}; people listed separately have a row of their own")
    return Text(zh, en)


def _scaled(plain: str, column: Column, factor: Decimal) -> Cell:
    """The number of a cell in the column's unit, or the sentence why not."""
    said: list[Say] = []
    if found := _BRACKET.match(plain):
        head, inside = found["head"].strip(), found["inside"].strip()
        if _PLAIN.fullmatch(inside):
            return refused(
                "V-TYPE",
                f"“{plain}”里有两个数，无法判断取哪一个：请只填一个数，另一个写入备注",
                f"“{plain}” holds two numbers: keep one here and put the other into the notes",
            )
        if inside and not is_blank(inside) and inside not in COUNTS:
            said.append(Say("V-NOTE", "note", _beside(inside)))
        plain = head
    if _RANGE.fullmatch(plain) and not _PLAIN.fullmatch(plain):
        text = Text(f"“{plain}”是区间，不取数：请填确数", f"“{plain}” is a range and gives no number: write one number")
        return Cell(None, (*said, Say("V-APPROX", "note", text)))
    core, approximate = _without_approx(plain)
    if _YUAN in column.scales and factor == Decimal(column.scales[_YUAN]):
        # The sign says yuan; where the table says another unit, or none, it is not clear which of the two holds.
        core = re.sub(r"^[¥￥]\s*", "", core)
    value, scale = _number_and_scale(core, column, factor)
    if value is None:
        return _not_a_number(plain, column, factor)
    if approximate:
        said.append(Say("V-APPROX", "note", Text(f"“{plain}”是约数", f"“{plain}” is approximate")))
    cell = _fit(value * scale, plain, column, tuple(said))
    return (
        cell if scale == 1 else Cell(cell.value, tuple(say for say in cell.says if say.rule != "V-SCALE"), cell.spill)
    )


def _without_approx(plain: str) -> tuple[str, bool]:
    """约30 → 30; 30余人 → 30人; 300多名 → 300名."""
    core = re.sub(r"^(?:大约|大概|将近|约|近|≈|~)\s*", "", plain)
    core = re.sub(r"(?<=[\d十百千万亿])(?:余|多)(?=\D{0,4}$)|(?:左右|上下)$", "", core)
    return core, core != plain


def _number_and_scale(core: str, column: Column, factor: Decimal) -> tuple[Decimal | None, Decimal]:
    value = plain_number(core)
    if value is not None:
        return value, factor
    found = _UNIT.match(core)
    if found is None:
        return None, factor
    scale = _scale_of(found["unit"].strip().casefold(), column, factor)
    value = plain_number(found["number"].strip()) if scale is not None else None
    return value, scale if scale is not None else factor


def _scale_of(unit: str, column: Column, factor: Decimal) -> Decimal | None:
    """What a number with this unit is multiplied by; None when the unit does not belong to the column."""
    own = (column.unit or "").casefold()
    if unit in column.scales:
        return Decimal(column.scales[unit])
    if own and unit == own:
        return Decimal(1)
    if unit in _MULTIPLE and not column.scales:
        return _MULTIPLE[unit] * factor
    if unit[:1] in _MULTIPLE and not column.scales and _same_class(unit[1:], own):
        return _MULTIPLE[unit[0]]
    return Decimal(1) if _same_class(unit, own) else None


def _same_class(unit: str, own: str) -> bool:
    if not own:
        return unit in COUNTS
    return any(unit in alike and own in alike for alike in (COUNTS, DAYS, HOURS))


def plain_number(text: str) -> Decimal | None:
    """12, 1,200, 1 200, 1.2e3, 十二 as a number; None when it is none."""
    if found := _GROUPED.fullmatch(text):
        text = found[1] + re.sub("[, ]", "", found[2]) + (found[3] or "")
    if _PLAIN.fullmatch(text):
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return _chinese(text) if _CHINESE.fullmatch(text) else None


@cache
def _chinese(text: str) -> Decimal | None:
    sign, digits = (-1, text[1:]) if text.startswith("负") else (1, text)
    if len(digits) > 1 and not re.search("[十百千万亿廿点]", digits):
        return None  # 一二 may be 12 or one to two
    # Few files need it, and its start takes longer than reading most of them.
    import cn2an

    try:
        return sign * Decimal(str(cn2an.cn2an(digits.replace("〇", "零"), "normal")))
    except ValueError:
        return None


def _integer(text: str) -> int | None:
    number = plain_number(text)
    return int(number) if number is not None and number == int(number) else None


def _fit(value: Decimal, plain: str, column: Column, said: tuple[Say, ...]) -> Cell:
    """The value in the column's type; too large, or a fraction where people are counted, is refused."""
    whole = column.kind == "int"
    if abs(value) > (INT_MOST if whole else Decimal(10) ** (18 - column.places) - 1):
        return refused("V-RANGE", f"“{plain}”数值过大，请核对", f"“{plain}” is too large: please check")
    if not whole:
        kept = value.quantize(Decimal(1).scaleb(-column.places), ROUND_HALF_UP)
        return Cell(kept, (*said, *_rounding(value, kept, column.places)))
    if value != value.to_integral_value():
        return refused(
            "V-TYPE", f"“{plain}”应为整数：请核对后填整数", f"“{plain}” should be a whole number: check and write one"
        )
    return Cell(int(value), said)


def _rounding(value: Decimal, kept: Decimal, places: int) -> tuple[Say, ...]:
    # What a spreadsheet's binary fractions leave behind the 12th digit is no information.
    if abs(value - kept) <= max(abs(value), Decimal(1)) * Decimal("1e-12"):
        return ()
    return (Say("V-SCALE", "note", Text(f"四舍五入到{places}位小数", f"Rounded to {places} decimal places")),)


def _not_a_number(plain: str, column: Column, factor: Decimal) -> Cell:
    # In the unit of the table, in which the cell will be mended, and not in the one it is kept in.
    unit = next((name for name, scale in column.scales.items() if Decimal(scale) == factor), column.unit)
    zh = f"，单位为{unit}" if unit else ""
    en = f" in {unit}" if unit else ""
    return refused(
        "V-TYPE",
        f"“{plain}”不是数字：请填阿拉伯数字{zh}；没有统计请留空",
        f"“{plain}” is no number: write digits{en}, or leave it empty if not counted",
    )
