-- One row per ledger line with more actual than approved staff, at each unit's newest ledger date, or of the last year of a
-- span that has any ledger; of one unit where it is given
with
ledger_year as (
    select max(s.year) as year
    from seen.unit_staffing as s
    where s.of_year and s.year between $first_year and $last_year
),
behind as (
    select s.unit_id, s.estab_type, s.approved, s.actual, s.excess, s.snapshot_date, unnest(s.row_ids) as row_id
    from seen.unit_staffing as s
    where
        ($unit_id is null or s.unit_id = $unit_id)
        and not s.single_listed
        and s.excess > 0
        and case when $first_year is null then s.newest else s.of_year and s.year = (select year from ledger_year) end
)
select
    b.row_id,
    '台账' as source,
    concat(
        coalesce(u.short_name, u.name), ' ', b.snapshot_date, ' ', c.zh, ' 核定 ', b.approved, ' 实有 ', b.actual, ' 超 ', b.excess
    ) as content,
    p.file,
    p.sheet,
    (b.row_id & 4294967295)::int as src_row,
    d.loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
left join seen.choice as c on c.enumeration = 'estab_type' and c.value = b.estab_type
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by b.excess desc, content
