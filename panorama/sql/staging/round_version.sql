-- One row per round of scoring, and one that begins now (no name yet), × kind of unit (or unit with indicators of its own): the version that it is scored by
-- The newest version that was there when the first scores of the round came; else the first that came after them.
-- locked_seq: the first drop with an agreed score of the round: from then on this version holds as it is.
with
told as (
    select "round" as round_name, drop_seq, agreed
    from raw.score
    union all
    select round_name, after_drop, false
    from raw.score_entry
),
rounds as (
    select round_name, min(drop_seq) as first_seq, min(case when agreed then drop_seq end) as locked_seq
    from told
    group by round_name
    union all
    select cast(null as varchar), 2147483647, cast(null as int)
),
versions as (
    select unit_id, case when unit_id is null then template_kind end as template_kind, version, min(drop_seq) as first_seq
    from staging.indicator_row
    group by unit_id, case when unit_id is null then template_kind end, version
)
select r.round_name, v.unit_id, v.template_kind, v.version, r.locked_seq
from rounds as r
cross join versions as v
qualify row_number() over (
    partition by r.round_name, v.unit_id, v.template_kind
    order by
        case when v.first_seq <= r.first_seq then 0 else 1 end,
        case when v.first_seq <= r.first_seq then -v.first_seq else v.first_seq end,
        v.version desc
) = 1
