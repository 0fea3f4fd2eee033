-- One row per ledger check across files that two statements do not pass, with where its rows stand
with
found as (
    select r.*, row_number() over (order by r.rule, r.unit_id, r.period, r.matter, r.measure) as place
    from seen.check_remark as r
    where r.rule like 'V-LED%' and ($unit_id is null or r.unit_id = $unit_id)
),
behind as (
    select place, unnest(row_ids) as row_id
    from found
),
sheets as (
    select b.place, p.file, p.sheet, string_agg((b.row_id & 4294967295)::varchar, '、' order by b.row_id) as rows_at
    from behind as b
    inner join seen.part as p on p.part_id = b.row_id >> 32
    group by b.place, p.file, p.sheet
),
traced as (
    select place, string_agg(concat(file, ' · ', sheet, ' · ', rows_at), '；' order by file, sheet) as rows_where
    from sheets
    group by place
)
select
    r.rule,
    r.unit_id,
    coalesce(u.short_name, u.name) as unit,
    o.name as office,
    r.period,
    r.matter,
    coalesce(c.zh, r.matter) as type_zh,
    coalesce(c.en, r.matter) as type_en,
    r.measure,
    r.stated::bigint as stated,
    r.found::bigint as found,
    r.row_ids,
    t.rows_where
from found as r
inner join seen.unit as u on u.unit_id = r.unit_id
left join seen.office as o on o.office_id = r.office_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = r.matter
left join traced as t on t.place = r.place
order by abs(r.stated - coalesce(r.found, 0)) desc, r.rule, unit, r.period
