-- One row per statement × theme that anyone names: a reviewer, the file itself, or a rule
-- holds: the theme counts. A review decides alone; without one, what the file writes and what rules propose count, unless
-- the file says that the matter does not concern staffing: then rules only propose. origin: reviewer, file, rule.
-- words: what made the rule. rules: how many rules fit.
with
written as (
    select statement_id, trim(item) as item
    from (select statement_id, unnest(themes) as item from staging.statement where themes is not null) as listed
),
filed as (
    select distinct w.statement_id, c.code as theme
    from written as w
    inner join raw.theme as c on c.code = w.item or c.name_zh = w.item
),
reviewed as (
    select distinct r.statement_id, r.theme
    from (select statement_id, unnest(themes) as theme from staging.review) as r
    inner join raw.theme as c on c.code = r.theme
),
named as (
    select statement_id, theme from filed
    union
    select statement_id, theme from reviewed
    union
    select statement_id, theme from staging.statement_theme
)
select
    n.statement_id,
    s.unit_id,
    s.source_family,
    s.year,
    s.row_id,
    n.theme,
    case when r.theme is not null then 'reviewer' when f.theme is not null then 'file' else 'rule' end as origin,
    case
        when d.statement_id is not null then r.theme is not null
        else f.theme is not null or coalesce(s.estab_related, '') <> '否'
    end as holds,
    p.words,
    coalesce(p.rules, 0) as rules
from named as n
inner join staging.statement as s on s.statement_id = n.statement_id
left join staging.review as d on d.statement_id = n.statement_id
left join reviewed as r on r.statement_id = n.statement_id and r.theme = n.theme
left join filed as f on f.statement_id = n.statement_id and f.theme = n.theme
left join staging.statement_theme as p on p.statement_id = n.statement_id and p.theme = n.theme
