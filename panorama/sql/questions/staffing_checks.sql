-- One row per ledger check across files that two statements do not pass
select
    r.rule,
    r.unit_id,
    coalesce(u.short_name, u.name) as unit,
    o.name as office,
    r.period,
    coalesce(c.zh, r.matter) as matter,
    coalesce(c.en, r.matter) as matter_en,
    r.measure,
    r.stated,
    r.found
from seen.check_remark as r
inner join seen.unit as u on u.unit_id = r.unit_id
left join seen.office as o on o.office_id = r.office_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = r.matter
where r.rule like 'V-LED%' and ($unit_id is null or r.unit_id = $unit_id)
order by r.rule, unit, r.period
