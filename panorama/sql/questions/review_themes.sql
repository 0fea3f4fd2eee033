-- One row per theme that anyone names for a statement, with the sources that name it for the unit
select
    t.theme,
    t.origin,
    t.holds,
    t.words,
    t.rules,
    c.families
from seen.statement_theme as t
left join seen.corroboration as c on c.unit_id = t.unit_id and c.theme = t.theme
where t.statement_id = $statement_id
order by t.holds desc, t.theme
