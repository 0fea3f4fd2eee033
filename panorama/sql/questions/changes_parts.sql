-- One row per part that the asker may see: the drop that brought it
select p.part_id, p.drop_id
from seen.part as p
