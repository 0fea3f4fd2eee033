-- One row per snapshot: the files it counts, and those of them that are made up
select s.files, s.made_up
from seen.snapshot as s
