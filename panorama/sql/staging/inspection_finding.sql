-- One row per inspection finding: authority × round × unit × number, the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        -- A bare running number counts within its file; without a round the text tells two such apart.
        case
            when r.finding_no is null or (r.round is null and regexp_matches(r.finding_no, '^[0-9]+$'))
                then md5(coalesce(r.text, ''))
        end as text_key,
        r.*
    from raw.inspection_finding as r
    inner join raw.unit_name as n
        on n.dataset = 'inspection_finding' and n.ref = r.unit_ref and n.day is not distinct from cast(r.feedback_date as varchar)
    where n.unit_id is not null
)
select
    substring(
        md5(
            concat_ws(
                '|', 'D12', coalesce(authority, ''), coalesce(round, ''), cast(unit_id as varchar),
                coalesce(finding_no, ''), coalesce(text_key, '')
            )
        ), 1, 16
    ) as finding_id,
    unit_id,
    finding_no,
    authority,
    round,
    kind,
    feedback_date,
    feedback_year,
    block,
    category,
    text,
    themes,
    estab_related,
    sev,
    measures,
    term,
    due,
    state,
    done_date,
    evidence,
    coalesce(nil_return, false) as nil_return,
    conf,
    row_id
from resolved
qualify row_number() over (
    partition by authority, round, unit_id, finding_no, text_key
    order by drop_seq desc, part_id desc, src_row
) = 1
