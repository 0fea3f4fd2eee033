-- One row per unit or office × period, and per post × year, with workload: saturation, required staff ÷ staff, without its interval
select
    s.*,
    case when s.post_id is null then e.staff else p.n_actual end as staff,
    case when s.post_id is null then e.staff_with_external end as staff_with_external,
    case when s.post_id is null then e.source when p.n_actual is not null then 'posts' end as staff_source,
    case when s.post_id is null then e.snapshot_date end as staff_date,
    coalesce(e.partial, false) as partial,
    round(s.required_staff / nullif(greatest(case when s.post_id is null then e.staff else p.n_actual end, 0), 0), 9)
        as saturation,
    case
        when s.post_id is null then round(s.required_staff / nullif(greatest(e.staff_with_external, 0), 0), 9)
    end as saturation_with_external
from staging.saturation_sum as s
left join staging.effective_staff as e
    on
        e.unit_id = s.unit_id
        and e.office_id is not distinct from s.office_id
        and e.span = s.span
        and s.post_id is null
left join mart.post as p on p.post_id = s.post_id
