-- One row per theme
select t.code as theme, t.name_zh, t.name_en
from seen.theme as t
order by t.code
