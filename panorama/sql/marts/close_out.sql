-- One row per unit with a matter that was said to be closed: how many were watched for 24 months, and how many came back
-- The effective close-out rate is 1 − rebounds ÷ watched. closed = undated + unthemed + censored + watched: the day is not
-- told; no theme to follow; less than 24 months have passed; watched in full. rebounds, perhaps, unlooked: of those watched:
-- came back; may have, the record is dated by year only; no outside source spoke of the unit. early: came back, censored.
with
matter as (
    select
        matter_id,
        unit_id,
        max(closed_on) as closed_on,
        bool_or(theme is not null) as themed,
        bool_or(watched) as watched,
        bool_or(rebound) as rebound,
        bool_or(perhaps) as perhaps,
        max(looks) as looks,
        max(horizon) as horizon
    from mart.rebound
    group by matter_id, unit_id
)
select
    unit_id,
    count(*) as closed,
    count(*) filter (where closed_on is null) as undated,
    count(*) filter (where closed_on is not null and not themed) as unthemed,
    count(*) filter (where closed_on is not null and themed and not watched) as censored,
    count(*) filter (where themed and watched) as watched,
    count(*) filter (where themed and watched and rebound) as rebounds,
    count(*) filter (where themed and watched and perhaps and not rebound) as perhaps,
    count(*) filter (where themed and watched and looks = 0) as unlooked,
    count(*) filter (where themed and not watched and rebound) as early,
    max(horizon) as horizon
from matter
group by unit_id
