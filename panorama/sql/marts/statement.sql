-- One row per statement: a finding, or what a rating took points off for, and why a person should look at it
-- related: 是 否 待判, by whom (reviewer, file, rule). review_id: the answer that holds, null for none.
-- why, in the order in which it matters: text = its text is no longer the one reviewed; clash = the file and the rules
-- disagree; tips = the only record of its source for a theme that other sources name too; unclear = 待判; thin = a theme that
-- a single rule proposes; plain = themes that several rules or the file name; none = no theme; done = reviewed.
-- families: the most sources that name one of its themes
with
filed as (
    select
        statement_id,
        count(*) filter (where holds) as themes,
        count(*) filter (where rules > 0) as ruled,
        count(*) filter (where origin = 'file') as filed,
        count(*) filter (where origin = 'file' and rules > 0) as agreed,
        min(case when holds and origin = 'rule' then rules end) as thinnest
    from mart.statement_theme
    group by statement_id
),
voice as (
    select unit_id, theme, family, sum(n) as records
    from mart.evidence
    group by unit_id, theme, family
),
weighed as (
    select
        t.statement_id,
        max(c.n_families) as families,
        max(case when v.records = 1 and c.n_families >= 2 then 1 else 0 end) as tips
    from mart.statement_theme as t
    inner join voice as v on v.unit_id = t.unit_id and v.theme = t.theme and v.family = t.source_family
    inner join mart.corroboration as c on c.unit_id = t.unit_id and c.theme = t.theme
    where t.holds
    group by t.statement_id
),
looked as (
    select
        s.*,
        q.related,
        q.related_by,
        r.review_id,
        r.kind as review,
        r.reason,
        r.decided_by,
        r.decided_at,
        coalesce(f.themes, 0) as n_themes,
        coalesce(w.families, 0) as families,
        case
            when r.review_id is not null and r.text <> s.read then 'text'
            when r.review_id is not null then 'done'
            when s.estab_related = '否' and f.ruled > 0 then 'clash'
            when s.estab_related = '是' and coalesce(f.themes, 0) = 0 then 'clash'
            when f.filed > 0 and f.ruled > 0 and f.agreed = 0 then 'clash'
            when w.tips = 1 then 'tips'
            when q.related = '待判' then 'unclear'
            when f.thinnest = 1 then 'thin'
            when f.themes > 0 then 'plain'
            else 'none'
        end as why
    from staging.statement as s
    inner join staging.related as q on q.statement_id = s.statement_id
    left join staging.review as r on r.statement_id = s.statement_id
    left join filed as f on f.statement_id = s.statement_id
    left join weighed as w on w.statement_id = s.statement_id
)
select
    statement_id,
    unit_id,
    source_family,
    dataset,
    year,
    category,
    text,
    estab_related,
    related,
    related_by,
    n_themes,
    families,
    why,
    review_id,
    review,
    reason,
    decided_by,
    decided_at,
    row_id
from looked
