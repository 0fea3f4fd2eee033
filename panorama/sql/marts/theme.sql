-- One row per theme of the register T01 to T30
select code, grp, name_zh, name_en, default_class
from raw.theme
