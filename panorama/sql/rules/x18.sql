-- One row per unit × year × activity
-- id: X18
-- name: 标准工时是同类单位的两倍以上 | Unit time twice that of like units
-- compares: 单位某一核心事项适用的标准工时，与同模板类别、同计量单位的各单位（至少 4 个，含本单位）的中位数 | The unit time that serves for a core activity of the unit, with the median over units of its template kind (at least 4, itself counted)
-- silent: 同类单位不足 4 个；计量单位不同；没有标准工时 | Fewer than 4 like units; other units of work; no unit time
-- question: 同一事项为何要用两倍的时间：申报偏高，还是流程、内容不同？ | Why twice the time for the same activity: declared too high, or another process?
-- themes: T30
-- needs: D9, D10
-- beside: others
with
own as (
    select
        f.unit_id,
        u.template_kind,
        t.activity_id,
        t.year,
        t.unit_of_work,
        min_by(t.activity_name, -t.std_hours) as name,
        max(t.std_hours) as hours,
        min_by(t.standard_id, -t.std_hours) as row_id
    from mart.unit_time as t
    inner join staging.leaf as f on f.leaf_id = t.leaf_id
    inner join mart.unit as u on u.unit_id = f.unit_id
    where t.std_hours > 0 and coalesce(t.wisn_class, '核心') = '核心' and u.template_kind is not null
    group by f.unit_id, u.template_kind, t.activity_id, t.year, t.unit_of_work
),
peers as (
    select
        template_kind,
        activity_id,
        year,
        unit_of_work,
        median(hours) as middle,
        count(*) as n,
        list_sort(list_distinct(array_agg(row_id))) as row_ids
    from own
    group by template_kind, activity_id, year, unit_of_work
    having count(*) >= 4 and max(hours) >= 2 * min(hours)
)
select
    o.unit_id,
    'T30' as theme,
    o.year,
    concat(cast(o.year as varchar), ' ', a.activity_code) as matter,
    '工作量' as left_family,
    cast(o.year as varchar) as left_at,
    concat(o.name, '：标准工时 ', cast(cast(o.hours as decimal(9, 2)) as varchar), ' 小时/', o.unit_of_work) as left_text,
    concat(o.name, ': unit time ', cast(cast(o.hours as decimal(9, 2)) as varchar), ' hours per ', o.unit_of_work)
        as left_text_en,
    list_value(o.row_id) as left_rows,
    '工作量' as right_family,
    cast(o.year as varchar) as right_at,
    concat('同类 ', p.n, ' 个单位的中位数 ', cast(cast(p.middle as decimal(9, 2)) as varchar), ' 小时') as right_text,
    concat('Median of ', p.n, ' like units ', cast(cast(p.middle as decimal(9, 2)) as varchar), ' hours') as right_text_en,
    list_filter(p.row_ids, lambda x: x <> o.row_id) as right_rows
from own as o
inner join peers as p
    on
        p.template_kind = o.template_kind
        and p.activity_id = o.activity_id
        and p.year = o.year
        and p.unit_of_work is not distinct from o.unit_of_work
inner join mart.activity as a on a.activity_id = o.activity_id
where o.hours >= 2 * p.middle
