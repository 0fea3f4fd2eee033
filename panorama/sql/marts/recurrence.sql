-- One row per theme × record that names it again, or may do so, after an earlier round's finding was said to be put right
-- claim: again = found after the day it was put right (屡查屡犯); unknown = which came first cannot be told, for one of the
-- days is not known, and it is not counted; earlier_period = the audit came later but looked at a time that ended before it
-- was put right, and is not counted. closed_…: the finding put right, the last one before. first_year: of the theme in the
-- unit. row_ids: the finding put right, and the record that names it again
with
paired as (
    select
        l.unit_id,
        l.theme,
        l.record_id,
        e.record_id as closed_id,
        case
            when e.done_date is null or l.found_from <= e.done_date then 'unknown'
            when l.about_to <= e.done_date then 'earlier_period'
            else 'again'
        end as claim
    from mart.theme_record as l
    inner join mart.theme_record as e
        on
            e.unit_id = l.unit_id
            and e.theme = l.theme
            and e.record_id <> l.record_id
            and e.put_right
            and not (e.family = l.family and coalesce(e.round = l.round, false))
            -- It can have been found later: on the last day that is possible, after the first that is possible.
            and l.found_to > coalesce(e.done_date, e.found_from)
),
chosen as (
    select p.unit_id, p.theme, p.record_id, p.closed_id, p.claim
    from paired as p
    inner join mart.theme_record as e on e.record_id = p.closed_id and e.theme = p.theme
    qualify row_number() over (
        partition by p.record_id, p.theme
        order by
            case p.claim when 'again' then 1 when 'unknown' then 2 else 3 end,
            e.done_date desc nulls last, e.found_from desc, e.record_id
    ) = 1
),
begun as (
    select unit_id, theme, min(year) as first_year
    from mart.theme_record
    group by unit_id, theme
)
select
    c.unit_id,
    c.theme,
    c.claim,
    c.record_id,
    l.family,
    l.round,
    l.year,
    l.found_from,
    l.found_to,
    l.dated,
    l.about_to,
    l.row_id,
    c.closed_id,
    e.family as closed_family,
    e.year as closed_year,
    e.found_from as closed_found_from,
    e.found_to as closed_found_to,
    e.dated as closed_dated,
    e.done_date as closed_on,
    e.row_id as closed_row_id,
    b.first_year,
    list_value(e.row_id, l.row_id) as row_ids
from chosen as c
inner join mart.theme_record as l on l.record_id = c.record_id and l.theme = c.theme
inner join mart.theme_record as e on e.record_id = c.closed_id and e.theme = c.theme
inner join begun as b on b.unit_id = c.unit_id and b.theme = c.theme
