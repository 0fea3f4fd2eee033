-- One row per finding × theme
-- origin: file = written in the file itself, rule = proposed by a rule for a person to decide. words: what made the rule
with
written as (
    select f.finding_id, f.unit_id, trim(t.item) as item
    from (select finding_id, unit_id, unnest(themes) as item from staging.finding where themes is not null) as t
    inner join staging.finding as f on f.finding_id = t.finding_id
),
filed as (
    select distinct w.finding_id, w.unit_id, c.code as theme
    from written as w
    inner join raw.theme as c on c.code = w.item or c.name_zh = w.item
),
proposed as (
    select s.statement_id as finding_id, f.unit_id, s.theme, s.words
    from staging.statement_theme as s
    inner join staging.finding as f on f.finding_id = s.statement_id
)
select
    coalesce(f.finding_id, p.finding_id) as finding_id,
    coalesce(f.unit_id, p.unit_id) as unit_id,
    coalesce(f.theme, p.theme) as theme,
    case when f.finding_id is not null then 'file' else 'rule' end as origin,
    p.words
from filed as f
full outer join proposed as p on p.finding_id = f.finding_id and p.theme = f.theme
