-- One row per staffing, standard or workload record behind the saturation of an office in one period (YYYY or YYYY-MM)
with
worked as (
    select w.*
    from seen.workload as w
    where w.office_id = $office_id and ((w.year::varchar = $period and w.in_year) or (w.period = $period and length($period) = 7))
),
figure as (
    select s.staff_source, s.staff_date
    from seen.saturation_stored as s
    where s.office_id = $office_id and s.post_id is null and s.period = $period
),
staffed as (
    select st.*
    from seen.staffing as st
    inner join figure as f on f.staff_source = 'ledger' and st.snapshot_date = f.staff_date
    where st.office_id = $office_id and not st.single_listed
),
posted as (
    select po.*
    from seen.post as po
    inner join figure as f on f.staff_source = 'posts'
    where po.office_id = $office_id and po.n_actual is not null
),
found as (
    select st.row_id, 1 as place, '编制台账' as source,
        concat_ws(' ', o.name, st.snapshot_date::varchar, c.zh,
            case when st.actual is not null then concat('实有 ', st.actual) end,
            case when st.seconded_out > 0 then concat('借出 ', st.seconded_out) end,
            case when st.absent > 0 then concat('长期不在岗 ', st.absent) end,
            case when st.seconded_in > 0 then concat('借入 ', st.seconded_in) end,
            case when st.external is not null then concat('编外 ', st.external) end) as content
    from staffed as st
    left join seen.office as o on o.office_id = st.office_id
    left join seen.choice as c on c.enumeration = 'estab_type' and c.value = st.estab_type
    union all
    select po.row_id, 1 as place, '岗位' as source, concat_ws(' ', po.name, '实有', format('{:g}', po.n_actual::double)) as content
    from posted as po
    where po.row_id is not null
    union all
    select w.standard_id as row_id, 2 as place, '标准工时' as source,
        concat_ws(' ', min(w.activity), format('{:g}', max(w.std_hours)::double), '小时', '/', min(w.unit_of_work)) as content
    from worked as w
    where w.standard_id is not null
    group by w.standard_id
    union all
    select w.row_id, 3 as place, '工作量' as source,
        concat_ws(' ', o.name, w.activity, w.period, format('{:g}', w.volume::double),
            case
                when w.shared then '支持或附加工作'
                when w.std_hours is null then '无标准工时，不计入'
                else concat('× ', format('{:g}', w.std_hours::double), ' = ', format('{:.1f}', w.hours::double), ' 小时')
            end) as content
    from worked as w
    left join seen.office as o on o.office_id = w.office_id
)
select f.row_id, f.source, f.content, p.file, p.sheet, (f.row_id & 4294967295)::int as src_row, d.loaded_at
from found as f
inner join seen.part as p on p.part_id = f.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by f.place, f.row_id
limit 2000
