-- One row per unit name that waits for an answer, with the rows that wait for it
select
    w.ref,
    sum(w.rows)::bigint as rows,
    list_sort(list(distinct w.dataset)) as datasets,
    list_sort(list_distinct(flatten(list(w.files)))) as files,
    any_value(w.candidates) as candidates,
    any_value(w.reason) as reason,
    any_value(w.reason_en) as reason_en
from seen.waiting as w
group by w.ref
order by rows desc, w.ref
