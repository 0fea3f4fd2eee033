-- One row per dated event of one unit: findings by round, grades, ranks, staffing changes
select '巡视巡察' as lane, f.found_date as "at", count(*)::int as n, count(*) filter (where f.staffing)::int as staffing,
    any_value(f.kind) as words, min(f.year) as year
from seen.finding as f
where f.unit_id = $unit_id and f.source_family = '巡视巡察' and not f.nil_return and f.found_date is not null
group by f.found_date
union all
select '审计', make_date(f.year, 7, 1), count(*)::int, count(*) filter (where f.staffing)::int, any_value(f.kind), f.year
from seen.finding as f
where f.unit_id = $unit_id and f.source_family = '审计' and not f.nil_return and f.year is not null
group by f.year
union all
select '绩效考核', make_date(r.year, 12, 31), 1, 0, r.grade_raw, r.year
from seen.rating as r
where r.unit_id = $unit_id and r.main
union all
select '行业排名', make_date(k.year, 12, 31), count(*)::int, 0, string_agg(concat(k.rank, '/', k.field_n), '、' order by k.indicator), k.year
from seen.ranking as k
where k.unit_id = $unit_id and k.rank is not null
group by k.year
union all
select '编制变动', c.change_date, 1, 0, concat_ws(' ', c.kind, case when c.delta > 0 then concat('+', c.delta) else c.delta::varchar end), year(c.change_date)
from seen.change as c
where c.unit_id = $unit_id
order by lane, "at"
