-- One row per audit finding: report × unit × number, the newest that was dropped
with
resolved as (
    select
        n.unit_id,
        coalesce(r.report_no, concat_ws(' ', r.project, cast(r.audit_year as varchar))) as report_key,
        case when r.finding_no is null then md5(coalesce(r.text, '')) end as text_key,
        r.*
    from raw.audit_finding as r
    inner join raw.unit_name as n
        on n.dataset = 'audit_finding' and n.ref = r.unit_ref and n.day is not distinct from cast(r.audit_year as varchar)
    where n.unit_id is not null
)
select
    substring(
        md5(
            concat_ws(
                '|', 'D13', report_key, cast(unit_id as varchar), coalesce(finding_no, ''), coalesce(text_key, '')
            )
        ), 1, 16
    ) as finding_id,
    unit_id,
    finding_no,
    project,
    report_no,
    audit_year,
    period_from,
    period_to,
    kind,
    authority,
    category,
    basis,
    text,
    amount,
    persons,
    disposal,
    audit_term,
    due,
    state,
    done_date,
    rectified_amount,
    systems_built,
    leader_term,
    themes,
    estab_related,
    sev,
    coalesce(nil_return, false) as nil_return,
    conf,
    row_id
from resolved
qualify row_number() over (
    partition by report_key, unit_id, finding_no, text_key
    order by drop_seq desc, part_id desc, src_row
) = 1
