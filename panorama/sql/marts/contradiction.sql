-- One row per rule × unit × matter: two sources that do not agree, and what a person answered
-- A lead worded as a question, never a verdict (the words of each rule stand at the head of its file in sql/rules).
-- matter: the year, office, theme or duty that tells it from others of the same rule and unit. left_, right_: the two
-- statements in both languages, their families, when, and the rows behind. theme null: the rows name none. in_round: its
-- year lies in the round's window. inspected: rows of inspections among those behind, null for none. of_others: it tells rows and figures of other units. verdict: dismissed (不成立), pursued (待查), null = nobody has answered.
with
newest as (
    select *
    from raw.contradiction_review
    qualify row_number() over (partition by rule, unit_id, matter order by id desc) = 1
),
behind as (
    select rule, unit_id, matter, unnest(left_rows) as row_id
    from rule.spoken
    union all
    select rule, unit_id, matter, unnest(right_rows) as row_id
    from rule.spoken
),
inspected as (
    select b.rule, b.unit_id, b.matter, list_sort(array_agg(distinct f.row_id)) as row_ids
    from behind as b
    inner join mart.finding as f on f.row_id = b.row_id and f.source_family = '巡视巡察'
    group by b.rule, b.unit_id, b.matter
)
select
    e.*,
    i.row_ids as inspected,
    coalesce(e.year between r.first_year and r.last_year, false) as in_round,
    a.id as answer,
    a.verdict,
    a.reason,
    a.decided_by,
    a.decided_at
from rule.spoken as e
cross join mart.round as r
left join inspected as i on i.rule = e.rule and i.unit_id = e.unit_id and i.matter = e.matter
left join newest as a on a.rule = e.rule and a.unit_id = e.unit_id and a.matter = e.matter
