-- One row per registered office with a tag, of a unit that stands: what its automatic peers are found by
-- approved: posts by its ledger, the last date that tells them, else by the register. Like are offices of one tag, in units of one
-- template kind and level; offices: nought for all, for an office has none below it.
with
told as (
    select office_id, snapshot_date, sum(approved) as approved
    from mart.staffing
    where office_id is not null and not single_listed and approved is not null
    group by office_id, snapshot_date
    qualify row_number() over (partition by office_id order by snapshot_date desc) = 1
)
select
    o.office_id as id,
    coalesce(u.template_kind, u.unit_kind) as kind,
    u.level,
    o.peer_tag as tag,
    cast(coalesce(t.approved, o.approved_staff) as double) as approved,
    0 as offices
from mart.office as o
inner join mart.unit as u on u.unit_id = o.unit_id
cross join raw.today as d
left join told as t on t.office_id = o.office_id
where o.peer_tag is not null and not u.ended and coalesce(o.end_date, d.day) >= d.day
