"""Unknown unit names against a large register: how long until each has its proposals."""

from __future__ import annotations

import random
import time

from panorama.store.proposals import propose
from panorama.store.register import register

DISTRICTS = (
    "和平区",
    "河东区",
    "河西区",
    "南开区",
    "河北区",
    "红桥区",
    "东丽区",
    "西青区",
    "津南区",
    "北辰区",
    "武清区",
    "静海区",
)
FIELDS = (
    "教育",
    "生态环境",
    "市场监督管理",
    "住房和城乡建设",
    "交通运输",
    "卫生健康",
    "农业农村",
    "应急管理",
    "审计",
    "民政",
)
KINDS = ("局", "局综合行政执法支队", "服务中心", "监测站", "信息中心", "培训中心", "事务中心", "研究所", "档案馆")


def named(asked: int = 2_000, units: int = 10_000, seed: int = 7) -> tuple[str, ...]:
    """One row: seconds to propose units for `asked` names that are cut, misspelt or half told."""
    chance = random.Random(seed)
    rows = [_unit(at, chance) for at in range(1, units + 1)]
    book = register(rows)
    refs = [_spoilt(str(chance.choice(rows)["name"]), chance) for _ in range(asked)]
    waiting = [(ref, book.find(ref, None)) for ref in refs]
    start = time.perf_counter()
    found = propose(book, waiting)
    seconds = time.perf_counter() - start
    some = sum(bool(one) for one in found)
    return (f"{asked:,} names against {units:,} units", f"{seconds:.2f} s", "", f"{some:,} with a proposal; goal < 5 s")


def _unit(at: int, chance: random.Random) -> dict[str, object]:
    district = chance.choice(DISTRICTS)
    middle = chance.choice(("", "第一", "第二", "直属", "东片", str(at % 97)))
    name = f"天津市{district}{chance.choice(FIELDS)}{middle}{chance.choice(KINDS)}"
    blank = dict.fromkeys(("uscc", "short_name", "other_names", "valid_from", "end_date", "successor_ref"))
    place = {"region": district, "admin_level": "区级", "drop_seq": 1, "part_id": 1, "src_row": at}
    return {"unit_code": f"{at:06d}", "name": name, **blank, **place}


def _spoilt(name: str, chance: random.Random) -> str:
    """As people write it: without the city, with a sign left out, two swapped for one, abbreviated."""
    at = chance.randrange(3, len(name) - 1)
    ways = (
        name.removeprefix("天津市"),
        name[:at] + name[at + 1 :],
        name.replace("监督管理", "监管"),
        name[:-2] + name[-1],
    )
    return chance.choice(ways)
