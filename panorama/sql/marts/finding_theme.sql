-- One row per finding × theme that counts
-- origin: reviewer = a person decided, file = written in the file itself, rule = proposed by a rule for a person to decide.
-- words: what made the rule
select
    t.statement_id as finding_id,
    t.unit_id,
    t.theme,
    t.origin,
    t.words
from mart.statement_theme as t
inner join staging.finding as f on f.finding_id = t.statement_id
where t.holds
