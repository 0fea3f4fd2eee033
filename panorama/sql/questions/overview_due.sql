-- One row per span of days to the finding's own due date, of findings not yet put right; lasting: how many are 长期坚持
-- and so have no date to be held to
with
open_finding as (
    select f.unit_id, f.due, date_diff('day', $today::date, f.due) as days
    from seen.finding as f
    where
        not f.nil_return
        and f.state not in ('已完成', '长期坚持')
        and ($unit_id is null or f.unit_id = $unit_id)
        and ($first_year is null or f.year between $first_year and $last_year)
),
lasting as (
    select count(*) as n
    from seen.finding as f
    where
        not f.nil_return
        and f.state = '长期坚持'
        and ($unit_id is null or f.unit_id = $unit_id)
        and ($first_year is null or f.year between $first_year and $last_year)
),
binned as (
    select
        unit_id,
        case
            when days is null then 'none'
            when days < -90 then 'late_90'
            when days < -30 then 'late_31'
            when days < 0 then 'late_1'
            when days <= 30 then 'in_30'
            when days <= 60 then 'in_60'
            when days <= 90 then 'in_90'
            else 'later'
        end as bin
    from open_finding
)
select
    b.bin,
    $today::date as today,
    count(*) as n,
    (select n from lasting) as lasting,
    list_slice(list_sort(list(distinct coalesce(u.short_name, u.name))), 1, 3) as units
from binned as b
inner join seen.unit as u on u.unit_id = b.unit_id
group by b.bin
order by b.bin
