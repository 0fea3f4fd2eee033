-- One row per statement × theme that the rules propose, with the words that made it and how many rules fit
select
    s.statement_id,
    t.theme,
    t.words,
    t.rules
from staging.statement as s
inner join staging.text_theme as t on t.text_id = s.text_id
where t.theme is not null
