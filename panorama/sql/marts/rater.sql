-- One row per round of scoring × rater from outside the unit: how severe, once units and indicators are allowed for
-- severity: shares of an indicator's weight below (negative) or above the mean of the raters compared, with its 90 % interval; null
-- where `lacking` says why: apart (shares no way of comparison with the others), few (no more scores than effects).
-- alpha: Krippendorff's, of the round's scores to the whole percent of their weight; items: indicators of units with two raters or more.
-- For who sees all units.
select
    r.round_name,
    r.rater,
    e.ev_id is not null as registered,
    r.n,
    r.units,
    r.severity,
    r.low,
    r.high,
    r.lacking,
    r.alpha,
    r.items
from staging.rater_severity as r
left join mart.evaluator as e on e.ev_id = r.rater
