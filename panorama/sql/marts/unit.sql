-- One row per unit of the register
-- template_kind: as registered, else from the kind of unit; like units are those of one template kind
-- parent_id, successor_ids: units; null = none known. successor: their names, parted by 、. offices: those the register or any row names
-- ended: abolished or merged on or before today
with
housed as (
    select unit_id, count(distinct office_id) as offices
    from raw.office_name
    where unit_id is not null and office_id is not null
    group by unit_id
),
heirs as (
    select h.unit_id, array_agg(h.successor_id order by h.place) as successor_ids,
        string_agg(coalesce(s.short_name, s.name), '、' order by h.place) as successor
    from (
        select unit_id, unnest(successor_ids) as successor_id, generate_subscripts(successor_ids, 1) as place
        from staging.unit
    ) as h
    inner join staging.unit as s on s.unit_id = h.successor_id
    -- A unit that names itself has none.
    where h.successor_id <> h.unit_id
    group by h.unit_id
),
-- A unit whose last day has come and gone stands no more, even where its status was left empty.
told as (
    select r.*, coalesce(r.status, case when r.end_date <= d.day then '撤销' else '在册' end) as state
    from staging.unit as r
    cross join raw.today as d
)
select
    u.unit_id,
    u.unit_code,
    u.uscc,
    u.name,
    -- Two units may bear one short name: then only the whole one tells them apart.
    case
        when count(*) over (partition by coalesce(u.short_name, u.name)) > 1 then u.name
        else coalesce(u.short_name, u.name)
    end as short_name,
    u.other_names,
    u.unit_kind,
    coalesce(
        u.template_kind,
        case u.unit_kind
            when '党委部门' then 'PARTY'
            when '群团机关' then 'PARTY'
            when '民主党派' then 'PARTY'
            when '人大机关' then 'GOV'
            when '政府部门' then 'GOV'
            when '政协机关' then 'GOV'
            when '监察/审判/检察机关' then 'GOV'
            when '派出机构' then 'GOV'
            when '直属事业单位' then 'INST'
            when '部门所属事业单位' then 'INST'
            when '街道乡镇' then 'DISTRICT'
            when '区(县)' then 'DISTRICT'
        end
    ) as template_kind,
    u.admin_level,
    u.level,
    u.region,
    u.parent_id,
    u.fund,
    u.welfare_class,
    u.sector,
    u.set_doc,
    u.set_date,
    u.duties_text,
    u.is_pilot,
    u.round_id,
    u.state as status,
    u.end_date,
    s.successor_ids,
    s.successor,
    coalesce(h.offices, 0) as offices,
    u.state <> '在册' and coalesce(u.end_date <= t.day, true) as ended,
    u.row_id
from told as u
cross join raw.today as t
left join heirs as s on s.unit_id = u.unit_id
left join housed as h on h.unit_id = u.unit_id
