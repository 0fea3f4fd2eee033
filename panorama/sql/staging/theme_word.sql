-- One row per rule × word of the rules that propose themes
-- A pattern is words with … between them: all stand in the text. Of the words a rule excludes none may.
with
rules as (
    select
        row_number() over (order by theme, pattern, excludes) as rule_id,
        theme,
        pattern,
        excludes
    from raw.theme_rule
),
split as (
    select rule_id, theme, unnest(string_split(pattern, '…')) as word, false as excluded
    from rules
    union all
    select rule_id, theme, unnest(string_split(excludes, '…')) as word, true as excluded
    from rules
    where excludes is not null
)
select rule_id, theme, trim(word) as word, excluded
from split
where trim(word) <> ''
