-- One row per office × year that is compared with its like by data envelopment analysis (methods §4)
-- Its like: offices of the same tag in units of one template kind and level. compared: how many, itself among them; under 30 there
-- are no figures. people: establishment staff at work, contract staff among them where with_external. hours_main: standard hours of
-- main_activity, the largest of its like; hours_other: of all other. efficiency: the share of its people with which the best of its like
-- would do that work; low, high: its 90 % interval. more_main, more_other: hours that they would do besides. models, shares: which
-- offices those are, and how much of each. For who sees all units.
select
    unit_id,
    office_id,
    year,
    compared,
    with_external,
    main_activity,
    people,
    hours_main,
    hours_other,
    efficiency,
    low,
    high,
    more_main,
    more_other,
    models,
    shares
from staging.office_efficiency
