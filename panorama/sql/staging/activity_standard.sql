-- One row per activity × scope × year × version of the standards: the newest that was dropped
select
    a.activity_id,
    r.activity_code,
    r.activity_name,
    trim(r.scope_ref) as scope_ref,
    r.wisn_class,
    r.unit_of_work,
    cast(r.std_hours as double) as std_hours,
    cast(r.cas_share as double) as cas_share,
    cast(r.ias_hours as double) as ias_hours,
    r.ias_staff,
    cast(r.complexity as double) as complexity,
    r.evidence,
    -- Spread of the declared time by kind of evidence (methods §2); a kind not said counts as declared.
    cast(case r.evidence
        when '写实' then 0.10
        when '系统日志' then 0.15
        when '专家' then 0.20
        else 0.30
    end as double) as cv,
    r.n_obs,
    cast(r.sd_hours as double) as sd_hours,
    r.duty_ref,
    r.valid_year,
    r.version,
    -- Version 10 is later than version 9.
    try_cast(nullif(regexp_extract(r.version, '([0-9]+(\.[0-9]+)?)', 1), '') as double) as version_number,
    r.row_id
from raw.activity_standard as r
inner join mart.activity_name as a on a.ref = r.activity_code
qualify row_number() over (
    partition by r.activity_code, trim(r.scope_ref), r.valid_year, r.version
    order by r.drop_seq desc, r.part_id desc, r.src_row
) = 1
