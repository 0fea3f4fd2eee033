"""Evidence, corroboration and all rules over made-up marts: `python -m benchmarks.evidence [--share 0.1]`.

At share 1: 100,000 units × 5 years, 5 million findings, ledgers, posts, ratings, rankings, two offices a unit with monthly
workload. The goal is under 60 s on two cores for all of it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from graphlib import TopologicalSorter
from typing import Final

import duckdb
import polars as pl

from panorama.store import models
from panorama.store.answers import ANSWERED
from panorama.store.rules import SPOKEN
from panorama.themes import themes

UNITS: Final = 100_000
YEARS: Final = 5
FINDINGS: Final = 50
"""A unit, over all years."""

GIVEN: Final = {
    "raw.today": "select date '2026-06-30' as day",
    "raw.round": "select null::int as first_year, null::int as last_year where false",
    "mart.unit": "select u as unit_id, 'unit ' || u as name, null::varchar as short_name, 'GOV' || u % 40 as template_kind,"
    " null::date as set_date, null::date as end_date, false as ended from range($units) r (u)",
    "staging.unit": "from mart.unit",
    # One unit in fifty says that it has no issue.
    "mart.nil_return": "select u as unit_id, u as of_unit_id, 2021 as first_year, 2025 as last_year, date '2026-01-31' as given_on"
    " from range($units) r (u) where u % 50 = 0",
    "mart.office": "select u * 2 + o as office_id, u as unit_id, 'office ' || o as name from range($units) r (u), range(2) s (o)",
    # Some 3 % of findings are serious, half are put right within the year.
    "mart.finding": "select md5(i::varchar) as finding_id, (i % $units)::bigint as unit_id,"
    " case when hash(i + 9) % 2 = 0 then '巡视巡察' else '审计' end as source_family, (2021 + hash(i) % 5)::int as year,"
    " case when hash(i + 9) % 2 = 0 then make_date((2021 + hash(i) % 5)::int, (1 + hash(i + 1) % 12)::int, 15) end as found_date,"
    " '混编混岗 ' || i as text, case when hash(i + 2) % 30 = 0 then '严重' else '一般' end as severity,"
    " hash(i + 3) % 3 = 0 as staffing, hash(i + 4) % 2 = 0 as put_right,"
    " case when hash(i + 4) % 2 = 0 then make_date((2021 + hash(i) % 5)::int, 12, 20) end as done_date,"
    " i % 997 = 0 as nil_return, (1::bigint << 32) | i as row_id from range($findings) r (i)",
    "mart.finding_theme": "select f.finding_id, f.unit_id, 'T' || lpad((1 + hash(f.row_id + k) % 30)::varchar, 2, '0') as theme"
    " from mart.finding as f, range(2) r (k) where f.staffing and not f.nil_return",
    "mart.statement_theme": "select f.finding_id as statement_id, f.unit_id, t.theme, f.source_family, f.year, f.row_id, true as holds"
    " from mart.finding as f inner join mart.finding_theme as t using (finding_id)"
    " union all select 'rating-' || u, u, 'T14', '绩效考核', 2024, (2::bigint << 32) | u, true from range($units) r (u) where u % 3 = 0",
    "staging.family_row": "select distinct unit_id, year from mart.finding",
    "mart.unit_staffing": "select u as unit_id, y as year, make_date(y, 12, 31) as snapshot_date, t as estab_type, false as single_listed,"
    " 12 as approved, 12 - (hash(u + y) % 5)::int + 2 as actual, greatest(2 - (hash(u + y) % 5)::int, 0) as excess,"
    " greatest((hash(u + y) % 5)::int - 2, 0) as vacancy, (hash(u * y) % 3)::int as mixed_post, (hash(u * y + 1) % 4)::int as seconded_out,"
    " 3 as external, case when hash(u) % 50 = 0 then 21 end as paid, 'unit' as basis, true as of_year, [(3::bigint << 32) | (u * 10 + y % 10)] as row_ids"
    " from range($units) r (u), range(2021, 2026) s (y), (values ('XZ'), ('SY')) v (t)",
    "mart.staffing": "select unit_id, o.office_id, snapshot_date, estab_type, single_listed, approved, actual, vacancy, seconded_out,"
    " external, row_ids[1] as row_id from mart.unit_staffing inner join mart.office as o using (unit_id)",
    "mart.leader": "select unit_id, year, true as of_year, true as counted, (hash(unit_id + year) % 9 = 0)::int as excess,"
    " 0 as grade_over, row_ids[1] as row_id from mart.unit_staffing",
    "mart.rating": "select u as unit_id, '绩效' as scheme, y as year, '优秀' as grade_raw, 1 + (hash(u - y) % 4)::int as grade_ord, u as rank,"
    " $units as field_n, 1 - u / $units as percentile, true as main, (4::bigint << 32) | (u * 10 + y % 10) as row_id"
    " from range($units) r (u), range(2021, 2026) s (y)",
    "mart.ranking": "select u as unit_id, y as year, (hash(u + 7 * y) % 100) / 100 as percentile, (5::bigint << 32) | (u * 10 + y % 10) as row_id"
    " from range($units) r (u), range(2021, 2026) s (y)",
    "mart.unit_indicator": "select u as unit_id, '2024' as round_name, 'I' || i as ind_code, 'indicator ' || i as name, 10.0 as weight"
    " from range($units) r (u), range(5) s (i)",
    "mart.score": "select u as unit_id, '2024' as round_name, 'I' || i as ind_code, case k when 0 then '自评' else '评估组' end as rater_kind, 'E' || k as rater, false as agreed,"
    " case when k = 0 and hash(u + i) % 10 = 0 then 10.0 else 8.0 end as score,"
    " (9::bigint << 32) | (u * 20 + i * 4 + k) as row_id from range($units) r (u), range(5) s (i), range(3) t (k)",
    "mart.saturation_stored": "select unit_id, office_id, null::bigint as post_id, y::varchar as period, y as year, null::int as month, 1000.0 * (1 + (hash(unit_id * y) % 20 = 0)::int) as required_hours,"
    " 2.0 as staff, 0.55 + (hash(unit_id + y) % 100) / 150 as saturation, 0.5 + (hash(unit_id + y) % 100) / 150 as low,"
    " 0.6 + (hash(unit_id + y) % 100) / 150 as high, 0.2 + (hash(unit_id + y) % 100) / 140 as saturation_with_external,"
    " '饱满' as band, 1.0 as coverage from (select unit_id, office_id from mart.office union all select unit_id, null from mart.unit), range(2021, 2026) s (y)",
    "mart.imbalance": "select unit_id, y as year, (hash(unit_id) % 5 = 0)::int as offices_idle, (hash(unit_id + 1) % 5 = 0)::int as offices_drowning"
    " from mart.unit, range(2021, 2026) s (y)",
    "mart.activity": "select a as activity_id, 'A' || a as activity_code, 'activity ' || a as name from range(40) r (a)",
    "staging.leaf": "select office_id as leaf_id, unit_id, office_id, null::bigint as post_id from mart.office",
    "staging.leaf_work": "select leaf_id, y as year, (6::bigint << 32) | (leaf_id * 60) as first_row_id, 12 as rows, 12 as overtime_rows, 1200 as overtime"
    " from staging.leaf, range(2021, 2026) s (y)",
    "staging.leaf_scope": "select leaf_id, 'office ' || office_id as scope_ref, 2 as closeness from staging.leaf",
    "staging.activity_standard": "select 'A' || office_id % 40 as activity_code, 'activity ' || office_id % 40 as activity_name, 'office ' || office_id as scope_ref,"
    " '核心' as wisn_class, 'duty ' || office_id % 7 as duty_ref, y as valid_year, (7::bigint << 32) | (office_id * 5 + y % 5) as row_id"
    " from mart.office, range(2021, 2026) s (y) where office_id % 20 = 0",
    "staging.activity_load": "select leaf_id, y as year, (hash(leaf_id + k) % 40)::bigint as activity_id, 10.0 as volume"
    " from staging.leaf, range(2021, 2026) s (y), range(3) t (k)",
    "mart.unit_time": "select leaf_id, activity_id, year, 1.0 + (hash(leaf_id) % 20 = 0)::int * 2 as std_hours, '核心' as wisn_class, '件' as unit_of_work,"
    " 'activity ' || activity_id as activity_name,"
    " (7::bigint << 32) | (leaf_id % 1000) as standard_id from staging.activity_load",
}  # fmt: skip
"""Tables below the ones measured, in order."""

MEASURED: Final = (
    "mart.round", "staging.workload_place", "staging.full_year", "staging.overloaded",
    "mart.evidence", "mart.corroboration", "mart.contradiction",
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--share", type=float, default=1.0, help="of the full size")
    asked.add_argument("--memory", default="2GB")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="panorama-evidence-") as folder:
        con = duckdb.connect(
            f"{folder}/bench.duckdb",
            config={
                "threads": 2,
                "memory_limit": options.memory,
                "temp_directory": folder,
                "preserve_insertion_order": False,
            },
        )
        for row in measured(con, options.share):
            print("| " + " | ".join(row) + " |", flush=True)


def measured(con: duckdb.DuckDBPyConnection, share: float) -> list[tuple[str, ...]]:
    """One row a table: seconds and rows; the last one all together, against a bare scan of the findings."""
    given(con, int(UNITS * share))
    scan = _timed(con, "select count(*), sum(length(text)) from mart.finding")
    rows, whole, processor = [], 0.0, time.process_time()
    for name, text in _ordered():
        kind = "view" if name == SPOKEN else "table"
        took = _timed(con, f"create {kind} {name} as {text}")
        whole += took
        [(count,)] = con.sql(f"select count(*) from {name}").fetchall()
        rows.append((name, f"{took:.2f} s", f"{count:,} rows"))
    per_rule = dict(con.sql("select rule, count(*) from mart.contradiction group by rule order by rule").fetchall())
    spoken = ", ".join(f"{rule} {count:,}" for rule, count in per_rule.items())
    findings = int(UNITS * share) * FINDINGS
    processor = time.process_time() - processor
    rows.append(
        (f"all, {int(UNITS * share):,} units × {YEARS} years, {findings:,} findings", f"{whole:.1f} s ({processor:.1f} s of processor)", f"{whole / scan:.0f} × a bare scan; goal < 60 s; {spoken}")
    )  # fmt: skip
    return rows


def given(con: duckdb.DuckDBPyConnection, units: int) -> None:
    """Make the tables that lie below."""
    con.execute("create schema raw; create schema staging; create schema mart; create schema rule")
    for name, text in GIVEN.items():
        text = text.replace("$units", str(units)).replace("$findings", str(units * FINDINGS))
        con.execute(f"create table {name} as {text}")
    for name, frame in (
        ("theme", themes()),
        *((name, pl.DataFrame(schema=schema)) for name, (_, schema) in ANSWERED.items()),
    ):
        con.register("given", frame)
        con.execute(f"create table raw.{name} as from given")


def _ordered() -> list[tuple[str, str]]:
    found = {name: text for name, text in models.models().items() if name in MEASURED or name.startswith("rule.")}
    graph = {name: models.reads(text) & found.keys() for name, text in found.items()}
    return [(name, found[name]) for name in TopologicalSorter(graph).static_order()]


def _timed(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    start = time.perf_counter()
    con.execute(sql)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
