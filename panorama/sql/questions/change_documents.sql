-- One row per approved change of these units: the document and the kind of change
select distinct c.unit_id, c.doc_no, c.kind
from seen.change as c
where list_contains($unit_ids::bigint[], c.unit_id)
order by all
