-- One row per record of a unit × theme that was found again, or may have been, after it was put right: its steps in time
-- claim: of the record itself: again, unknown, earlier_period; null for one that is found and put right, or found only
with
back as (
    select r.unit_id, r.theme, count(*) filter (where r.claim = 'again') as again, max(r.found_from) as newest
    from seen.recurrence as r
    where $unit_id is null or r.unit_id = $unit_id
    group by r.unit_id, r.theme
)
select
    b.unit_id,
    coalesce(u.short_name, u.name) as unit,
    b.theme,
    t.name_zh as theme_zh,
    t.name_en as theme_en,
    b.again,
    e.record_id,
    e.family,
    e.round,
    e.year,
    e.found_from,
    e.found_to,
    e.dated,
    e.put_right,
    e.done_date,
    e.about_to,
    r.claim,
    r.closed_on,
    f.project,
    f.text,
    e.row_id,
    p.file,
    p.sheet,
    (e.row_id & 4294967295)::int as src_row
from back as b
inner join seen.theme_record as e on e.unit_id = b.unit_id and e.theme = b.theme
inner join seen.unit as u on u.unit_id = b.unit_id
inner join seen.theme as t on t.code = b.theme
left join seen.part as p on p.part_id = e.row_id >> 32
left join seen.recurrence as r on r.record_id = e.record_id and r.theme = e.theme
left join seen.finding as f on f.finding_id = e.record_id
order by b.again desc, b.newest desc, b.unit_id, b.theme, e.found_from, e.record_id
limit 5000
