-- One row per theme × record of an outside source that names it: when it was found, when it was said to be put right
-- Outside sources: inspection, audit, appraisal, ranking. found_from, found_to: it was found between these days; dated: on
-- one that is known, else some day of the year, which is all that audits, appraisals and rankings tell.
-- put_right: said to be (mart.finding); done_date: null = the day is not told. about_to: the last day an audit looked at.
select
    f.finding_id as record_id,
    f.unit_id,
    t.theme,
    f.source_family as family,
    x.round,
    f.year,
    coalesce(f.found_date, make_date(f.year, 1, 1)) as found_from,
    -- What was put right in its year was found before that day.
    coalesce(
        f.found_date,
        case when f.put_right and year(f.done_date) = f.year then f.done_date end,
        make_date(f.year, 12, 31)
    ) as found_to,
    f.found_date is not null as dated,
    f.put_right,
    case when f.put_right then f.done_date end as done_date,
    a.period_to as about_to,
    f.row_id
from mart.finding as f
inner join mart.finding_theme as t on t.finding_id = f.finding_id
left join staging.finding_text as x on x.finding_id = f.finding_id
left join staging.audit_finding as a on a.finding_id = f.finding_id
where not f.nil_return and f.year is not null
union all
select
    concat(e.theme, '-', cast(e.row_id as varchar)) as record_id,
    e.unit_id,
    e.theme,
    e.family,
    cast(e.year as varchar) as round,
    e.year,
    make_date(e.year, 1, 1) as found_from,
    make_date(e.year, 12, 31) as found_to,
    false as dated,
    false as put_right,
    cast(null as date) as done_date,
    cast(null as date) as about_to,
    e.row_id
from (
    select unit_id, theme, family, year, unnest(row_ids) as row_id
    from mart.evidence
    where family in ('绩效考核', '行业排名') and year is not null
) as e
