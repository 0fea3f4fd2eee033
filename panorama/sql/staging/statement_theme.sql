-- One row per statement × theme that the rules propose, with the words that made it
-- A rule fits when all its words stand in the text and none of those it excludes.
with
vocabulary as (
    select array_agg(distinct word) as words
    from staging.theme_word
),
standing as (
    select
        s.statement_id,
        unnest(list_filter(v.words, lambda w: contains(s.text, w))) as word
    from staging.statement as s
    cross join vocabulary as v
),
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
    from standing as s
    inner join staging.theme_word as w on w.word = s.word
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
