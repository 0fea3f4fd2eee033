-- One row per matter that was said to be closed × theme; theme null = it has none, and cannot be followed up
-- origin: finding = a finding of inspection or audit that was put right. closed_on: null = the day is not told
select
    f.finding_id as matter_id,
    'finding' as origin,
    f.unit_id,
    t.theme,
    f.source_family as family,
    x.round,
    f.found_date,
    f.year,
    f.done_date as closed_on,
    f.row_id
from mart.finding as f
left join staging.finding_text as x on x.finding_id = f.finding_id
left join mart.finding_theme as t on t.finding_id = f.finding_id
where f.put_right
