-- One row per score that any drop told of, or that was entered in the page, of a unit that is known
-- row_id: of an entry its number below nought, for it stands in no file. A later drop tells of the same anew, and is told by it.
with
written as (
    select
        n.unit_id,
        r.ind_code,
        r."round" as round_name,
        r.rater_kind,
        r.rater,
        o.unit_id as rater_unit_id,
        r.raw_value,
        cast(r.score as double) as score,
        coalesce(r.na, false) as na,
        r.na_reason,
        coalesce(r.missing, false) as missing,
        r.evidence_refs,
        r.comment,
        coalesce(r.agreed, false) as agreed,
        r.agreed_on,
        r.drop_seq,
        cast(r.part_id as bigint) as part_id,
        cast(r.src_row as bigint) as src_row,
        r.row_id
    from raw.score as r
    inner join raw.unit_name as n on n.dataset = 'score' and n.ref = r.unit_ref and n.day is null
    left join raw.rater as o on o.ref = r.rater
    where n.unit_id is not null
    union all
    select
        e.unit_id, e.ind_code, e.round_name, '评估组', e.rater, cast(null as bigint), cast(null as decimal(18, 3)), e.score, e.na, e.na_reason,
        e.missing, e.evidence_refs, e.comment, false, cast(null as date), e.after_drop,
        -- Within a drop an entry came after all files, and a later one after an earlier.
        9223372036854775807, -e.id, -e.id
    from raw.score_entry as e
)
select
    w.unit_id,
    w.ind_code,
    w.round_name,
    w.rater_kind,
    w.rater,
    -- A rater is known by the register of evaluators, or is a unit and goes by any of its names; own: that unit, or one above or below it.
    case when e.ev_id is not null then coalesce(a.own, false) else k.kin_id is not null end as own_unit,
    coalesce(not a.own, false) as avoided,
    e.ev_id is not null or w.rater_unit_id is not null as rater_known,
    w.raw_value,
    w.score,
    w.na,
    w.na_reason,
    w.missing,
    w.evidence_refs,
    w.comment,
    w.agreed,
    w.agreed_on,
    w.drop_seq,
    w.part_id,
    w.src_row,
    w.row_id
from written as w
left join staging.evaluator as e on e.ev_id = w.rater
left join mart.avoided as a on a.ev_id = w.rater and a.unit_id = w.unit_id
left join staging.unit_kin as k on k.unit_id = w.rater_unit_id and k.kin_id = w.unit_id
