-- One row per finding that says something: what the likeness of findings is computed from
-- day: the middle of the year where only that is known, as with audits. round: tells one inspection or audit of a family
-- from the next
select
    finding_id,
    unit_id,
    source_family as family,
    concat_ws('|', authority, coalesce(project, cast(found_date as varchar), cast(year as varchar))) as round,
    coalesce(found_date, make_date(year, 7, 1)) as day,
    text
from staging.finding
where not nil_return and text is not null and year is not null
