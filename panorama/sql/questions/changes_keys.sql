-- One row per record of the datasets, units and periods named: its natural key and what it says as hashes, and its row
with
held as (
    select
        'staffing_ledger' as dataset, s.unit_id, year(s.snapshot_date)::varchar as period, s.row_id,
        hash(s.office_id, s.snapshot_date, s.estab_type, s.single_listed) as k,
        hash(s.approved, s.actual, s.external, s.seconded_in, s.seconded_out, s.absent, s.mixed_post) as v
    from seen.staffing as s
    union all
    select
        'leader_quota', l.unit_id, l.year::varchar, l.row_id, hash(l.office_id, l.snapshot_date, l.scope, l.rank),
        hash(l.approved, l.actual)
    from seen.leader as l
    union all
    select
        f.dataset, f.unit_id, f.year::varchar, f.row_id, hash(f.finding_id),
        hash(f.text, f.category, f.state, f.severity, f.due, f.done_date, f.amount_wan, f.estab_related, f.nil_return)
    from seen.finding as f
    union all
    select
        'performance_rating', r.unit_id, r.year::varchar, r.row_id, hash(r.scheme, r.year, r.category),
        hash(r.grade_raw, r.score, r.rank, r.field_n, r.deduct_items)
    from seen.rating as r
    union all
    select
        'industry_ranking', n.unit_id, n.year::varchar, n.row_id, hash(n.system, n.indicator, n.period, n.scope),
        hash(n.rank, n.field_n, n.value, n.tier_text)
    from seen.ranking as n
    union all
    select 'estab_change', c.unit_id, year(c.change_date)::varchar, c.row_id, hash(c.doc_no, c.office_id, c.kind, c.estab_type), hash(c.delta, c.leader_delta, c.gist)
    from seen.change as c
    union all
    select 'post', p.unit_id, '', p.row_id, hash(p.post_id), hash(p.n_approved, p.n_actual)
    from seen.post as p
    where p.row_id is not null
    union all
    select
        'workload', w.unit_id, w.year::varchar, w.row_id, hash(w.office_id, w.post_id, w.activity_id, w.period),
        hash(w.volume, w.hours_actual)
    from seen.workload as w
    union all
    select distinct 'activity_standard', w.unit_id, w.year::varchar, w.standard_id, hash(w.activity_id, w.office_id, w.post_id), hash(w.std_hours, w.cv)
    from seen.workload as w
    where w.standard_id is not null
    union all
    select 'availability', a.unit_id, a.period, null, hash(a.unit_id), hash(a.awt)
    from seen.saturation_stored as a
    where a.office_id is null and a.post_id is null and length(a.period) = 4 and a.awt is not null
)
select h.dataset, h.unit_id, coalesce(h.period, '') as period, h.k, any_value(h.v) as v, min(h.row_id) as row_id
from held as h
where list_contains($datasets::varchar[], h.dataset) and list_contains($unit_ids::bigint[], h.unit_id)
    and list_contains($periods::varchar[], coalesce(h.period, ''))
group by h.dataset, h.unit_id, coalesce(h.period, ''), h.k
