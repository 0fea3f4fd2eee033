-- One row per theme: its name, for figures that are of one theme
select t.code, t.name_zh, t.name_en
from seen.theme as t
order by t.code
