-- One row per round of scoring, and one that begins now (no name yet), × kind of unit (or unit with indicators of its own): the version that it is scored by
-- The newest version that was there when the first scores of the round came; else the first that came after them.
-- locked_seq: the first drop with an agreed score in the round of a unit of that kind (or of that unit): from then on this version holds as it is.
with
told as (
    select "round" as round_name, drop_seq
    from raw.score
    union all
    select round_name, after_drop
    from raw.score_entry
),
rounds as (
    select round_name, min(drop_seq) as first_seq
    from told
    group by round_name
    union all
    select cast(null as varchar), 2147483647
),
agreed as (
    select r."round" as round_name, n.unit_id, u.template_kind, min(r.drop_seq) as locked_seq
    from raw.score as r
    inner join raw.unit_name as n on n.dataset = 'score' and n.ref = r.unit_ref and n.day is null
    inner join mart.unit as u on u.unit_id = n.unit_id
    where r.agreed
    group by r."round", n.unit_id, u.template_kind
),
locks as (
    select round_name, unit_id, cast(null as varchar) as template_kind, locked_seq
    from agreed
    union all
    select round_name, null, template_kind, min(locked_seq)
    from agreed
    group by round_name, template_kind
),
versions as (
    select unit_id, case when unit_id is null then template_kind end as template_kind, version, min(drop_seq) as first_seq
    from staging.indicator_row
    group by unit_id, case when unit_id is null then template_kind end, version
)
select r.round_name, v.unit_id, v.template_kind, v.version, l.locked_seq
from rounds as r
cross join versions as v
left join locks as l
    on l.round_name = r.round_name and l.unit_id is not distinct from v.unit_id and l.template_kind is not distinct from v.template_kind
qualify row_number() over (
    partition by r.round_name, v.unit_id, v.template_kind
    order by
        case when v.first_seq <= r.first_seq then 0 else 1 end,
        case when v.first_seq <= r.first_seq then -v.first_seq else v.first_seq end,
        v.version desc
) = 1
