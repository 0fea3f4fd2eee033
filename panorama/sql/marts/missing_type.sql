-- One row per unit × ledger date × staffing type that an earlier ledger of the unit states and this one does not
-- Not stated is not zero: sums over types are of the others, and the page asks. A type whose approved posts were zero with
-- nobody on them, or were taken away by approvals since, is not missed. of_year: as in unit_staffing. last_date, approved,
-- actual: what the ledger before said that did state it. next: this is the unit's first ledger without it. row_ids: of last_date.
with
stated as (
    select unit_id, snapshot_date, estab_type, approved, actual, row_ids
    from mart.unit_staffing
    where not single_listed and estab_type is not null
),
ledger as (
    select
        unit_id,
        snapshot_date,
        year,
        bool_or(of_year) as of_year,
        lag(snapshot_date) over (partition by unit_id order by snapshot_date) as before_date
    from mart.unit_staffing
    group by unit_id, snapshot_date, year
),
earlier as (
    select
        g.unit_id,
        g.snapshot_date,
        g.year,
        g.of_year,
        s.estab_type,
        max(s.snapshot_date) as last_date,
        max(s.snapshot_date) = max(g.before_date) as next
    from ledger as g
    inner join stated as s on s.unit_id = g.unit_id and s.snapshot_date < g.snapshot_date
    where not exists (
        select 1
        from stated as n
        where n.unit_id = g.unit_id and n.snapshot_date = g.snapshot_date and n.estab_type = s.estab_type
    )
    group by g.unit_id, g.snapshot_date, g.year, g.of_year, s.estab_type
),
moved as (
    select e.unit_id, e.snapshot_date, e.estab_type, sum(c.delta) as delta
    from earlier as e
    inner join mart.change as c
        on
            c.unit_id = e.unit_id
            and c.estab_type = e.estab_type
            and c.effective_from > e.last_date
            and c.effective_from <= e.snapshot_date
    group by e.unit_id, e.snapshot_date, e.estab_type
)
select
    e.unit_id,
    e.snapshot_date,
    e.year,
    e.of_year,
    e.estab_type,
    c.zh as type_zh,
    c.en as type_en,
    e.last_date,
    s.approved,
    s.actual,
    e.next,
    s.row_ids
from earlier as e
inner join stated as s on s.unit_id = e.unit_id and s.estab_type = e.estab_type and s.snapshot_date = e.last_date
left join moved as m on m.unit_id = e.unit_id and m.snapshot_date = e.snapshot_date and m.estab_type = e.estab_type
left join raw.choice as c on c.enumeration = 'estab_type' and c.value = e.estab_type
where
    case
        when m.delta is not null then coalesce(s.approved, 0) + m.delta > 0
        else coalesce(s.approved, 0) > 0 or coalesce(s.actual, 0) > 0
    end
