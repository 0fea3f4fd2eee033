-- One row per pair of findings that may be one matter, or was answered, the most alike first: both sides with their place
-- Pairs that confirmed links join already need no answer and are left out; of one unit where that is given.
select
    l.one,
    l.other,
    l.unit_id,
    coalesce(u.short_name, u.name) as unit,
    l.similarity,
    l.words,
    l.months,
    l.dated,
    l.state,
    l.reason,
    l.decided_by,
    l.same_matter,
    a.source_family as one_family,
    a.project as one_project,
    a.found_date as one_date,
    a.year as one_year,
    a.state as one_state,
    a.text as one_text,
    p.file as one_file,
    p.sheet as one_sheet,
    (a.row_id & 4294967295)::int as one_row,
    b.source_family as other_family,
    b.project as other_project,
    b.found_date as other_date,
    b.year as other_year,
    b.state as other_state,
    b.text as other_text,
    q.file as other_file,
    q.sheet as other_sheet,
    (b.row_id & 4294967295)::int as other_row
from seen.finding_link as l
inner join seen.unit as u on u.unit_id = l.unit_id
inner join seen.finding as a on a.finding_id = l.one
inner join seen.finding as b on b.finding_id = l.other
left join seen.part as p on p.part_id = a.row_id >> 32
left join seen.part as q on q.part_id = b.row_id >> 32
where ($unit_id is null or l.unit_id = $unit_id)
    and (l.state <> 'proposed' or not l.same_matter)
order by l.similarity desc nulls last, l.one, l.other
limit 2000
