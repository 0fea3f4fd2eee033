-- One row per application for more posts that is in hand; $…: those applications, asked when it is read
-- id: X06
-- name: 不饱满，同时申请增编 | Underloaded, and asking for more posts
-- compares: 最近一年的全年工作饱满度（< 0.60），与尚未办结的增编申请 | The newest year's saturation (below 0.60), with an application for more posts that is still open
-- silent: 最近一年的饱满度待判或不能计算；没有申请台账 | The newest year's saturation undetermined or not computed; no list of applications
-- question: 工作不饱满，增编的理由是什么？ | With people underloaded, what are the grounds for more posts?
-- themes: T26
-- needs: D10, D9, D24
-- when: reading
with
asked as (
    select
        unnest($application_ids::bigint[]) as application_id,
        unnest($unit_ids::bigint[]) as unit_id,
        unnest($numbers::varchar[]) as app_no,
        unnest($dates::date[]) as applied_on,
        unnest($quantities::bigint[]) as quantity
),
newest as (
    select unit_id, period, saturation, low, high, band
    from seen.saturation_stored
    where office_id is null and post_id is null and length(period) = 4
    qualify row_number() over (partition by unit_id order by period desc) = 1
)
select
    a.unit_id,
    u.short_name as unit,
    'T26' as theme,
    cast(n.period as int) as year,
    concat(a.app_no, ' ', n.period) as matter,
    '工作量' as left_family,
    n.period as left_at,
    concat('全单位饱满度 ', round(n.saturation, 2)::decimal(9, 2), '（90% 区间 ', round(n.low, 2)::decimal(9, 2), '–', round(n.high, 2)::decimal(9, 2), '）') as left_text,
    concat('saturation of the unit ', round(n.saturation, 2)::decimal(9, 2), ' (90 % interval ', round(n.low, 2)::decimal(9, 2), '–', round(n.high, 2)::decimal(9, 2), ')') as left_text_en,
    '申请受理' as right_family,
    cast(a.applied_on as varchar) as right_at,
    concat('申请增编 ', coalesce(a.quantity::varchar, '若干'), ' 名，尚未办结（', a.app_no, '）') as right_text,
    concat('asks for ', coalesce(a.quantity::varchar, 'some'), ' more posts, still in hand (', a.app_no, ')') as right_text_en,
    a.application_id,
    cast(null as bigint) as issue_id
from asked as a
inner join newest as n on n.unit_id = a.unit_id
inner join seen.unit as u on u.unit_id = a.unit_id
where n.saturation < 0.60 and n.band <> '待判'
order by a.application_id
