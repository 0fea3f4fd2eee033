-- One row per rule × unit × matter: two sources that do not agree, and what a person answered
-- A lead worded as a question, never a verdict (the words of each rule stand at the head of its file in sql/rules).
-- matter: the year, office, theme or duty that tells it from others of the same rule and unit. left_, right_: the two
-- statements in both languages, their families, when, and the rows behind. theme null: the rows name none. in_round: its
-- year lies in the round's window. of_others: it tells rows and figures of other units. verdict: dismissed (不成立), pursued (待查), null = nobody has answered.
with
newest as (
    select *
    from raw.contradiction_review
    qualify row_number() over (partition by rule, unit_id, matter order by id desc) = 1
)
select
    e.*,
    coalesce(e.year between r.first_year and r.last_year, false) as in_round,
    a.id as answer,
    a.verdict,
    a.reason,
    a.decided_by,
    a.decided_at
from rule.spoken as e
cross join mart.round as r
left join newest as a on a.rule = e.rule and a.unit_id = e.unit_id and a.matter = e.matter
