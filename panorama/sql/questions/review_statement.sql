-- One row per statement asked for: as its file says it, and where it stands
select
    s.statement_id,
    s.unit_id,
    u.name as unit,
    s.source_family as family,
    s.year,
    s.category,
    s.text,
    concat_ws('。', s.category, s.text) as read,
    s.estab_related,
    s.related,
    s.related_by,
    s.why,
    s.families,
    p.file,
    p.sheet,
    (s.row_id & 4294967295)::int as src_row,
    d.loaded_at
from seen.statement as s
inner join seen.unit as u on u.unit_id = s.unit_id
inner join seen.part as p on p.part_id = s.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
where s.statement_id = $statement_id
