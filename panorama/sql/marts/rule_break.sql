-- One row per unit or office (office null = the unit) × year from which its saturation is measured by another rule than before
-- A new version of the standards that changes the unit time of an activity which was done before too: years on either side of it are
-- not on one scale. versions: from which to which; activities: how many changed. A time that changes within its version, and the
-- yearly rule on available time, are no break: the split of a change names them.
with
timed as (
    select
        t.leaf_id,
        t.activity_id,
        t.year,
        t.std_hours,
        s.version,
        lag(t.std_hours) over (partition by t.leaf_id, t.activity_id order by t.year) as hours_before,
        lag(s.version) over (partition by t.leaf_id, t.activity_id order by t.year) as version_before
    from mart.unit_time as t
    inner join staging.activity_standard as s on s.row_id = t.standard_id and s.valid_year = t.year
    where not t.shared and t.std_hours is not null
),
changed as (
    select f.unit_id, f.office_id, c.activity_id, c.year, concat(c.version_before, ' → ', c.version) as versions
    from timed as c
    inner join staging.leaf as f on f.leaf_id = c.leaf_id
    where c.version <> c.version_before and c.std_hours <> c.hours_before
),
place as (
    select unit_id, cast(null as bigint) as office_id, activity_id, year, versions
    from changed
    union all
    select unit_id, office_id, activity_id, year, versions
    from changed
    where office_id is not null
)
select
    unit_id,
    office_id,
    year,
    min(versions) as versions,
    count(distinct activity_id) as activities
from place
group by unit_id, office_id, year
