-- One row per unit in the funnel of its kind: findings of the round per staff-year, with the limits for its size
-- size: staff-years. rate, centre, limits: findings per staff-year; centre: all findings ÷ all staff-years of the kind.
-- low_95 … high_998: exact Poisson limits, or those with over-dispersion where tau > 0; null with fewer than 5 units. verdict: 0 within 95 %, 1 above 95 %, 2 above 99.8 %, negative below.
-- years: years with a finding or a nil return. For who sees all units.
select
    unit_id,
    kind,
    events,
    years,
    size,
    rate,
    centre,
    low_95,
    high_95,
    low_998,
    high_998,
    dispersion,
    tau,
    verdict
from staging.funnel_limit
