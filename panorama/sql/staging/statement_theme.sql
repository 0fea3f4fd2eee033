-- One row per statement × theme that the rules propose, with the words that made it
-- A rule fits when all its words stand in the text and none of those it excludes.
with
required as (
    select rule_id, count(*) as n
    from staging.theme_word
    where not excluded
    group by rule_id
),
hits as (
    select
        s.statement_id,
        w.rule_id,
        w.theme,
        count(*) filter (where not w.excluded) as found,
        count(*) filter (where w.excluded) as barred,
        array_to_string(list_sort(array_agg(w.word) filter (where not w.excluded)), '…') as words
    from staging.statement as s
    inner join staging.theme_word as w on contains(s.text, w.word)
    group by s.statement_id, w.rule_id, w.theme
)
select
    h.statement_id,
    h.theme,
    min(h.words) as words
from hits as h
inner join required as r on r.rule_id = h.rule_id
where h.found = r.n and h.barred = 0
group by h.statement_id, h.theme
