-- One row per finding of one unit that names one of these themes and was found, or may have been, after a close-out and
-- before its 24 months were over. certain: found in that time for sure; else which came first cannot be told, by its year alone
select
    e.row_id,
    e.family,
    e.year,
    e.dated,
    min(e.found_from) as found_from,
    bool_and(
        e.found_from > $closed_on::date and e.found_to <= $closed_on::date + interval 24 month
    ) as certain,
    string_agg(distinct t.name_zh, '、' order by t.name_zh) as themes_zh,
    string_agg(distinct t.name_en, ', ' order by t.name_en) as themes_en,
    f.text,
    p.file,
    p.sheet,
    (e.row_id & 4294967295)::int as src_row
from seen.theme_record as e
inner join seen.finding as f on f.finding_id = e.record_id
inner join seen.theme as t on t.code = e.theme
left join seen.part as p on p.part_id = e.row_id >> 32
where
    e.unit_id = $unit_id
    and list_contains($themes::varchar[], e.theme)
    and e.found_to > $closed_on::date
    and e.found_from <= $closed_on::date + interval 24 month
    -- An audit of a time that ended before the close-out says nothing of it.
    and coalesce(e.about_to > $closed_on::date, true)
    and not list_contains($known::bigint[], e.row_id)
group by e.row_id, e.family, e.year, e.dated, f.text, p.file, p.sheet
order by found_from, e.row_id
limit 200
