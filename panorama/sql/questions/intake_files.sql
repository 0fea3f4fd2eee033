-- One row per sheet of one drop, those that need a person first, those without a table last
select
    p.part_id,
    p.file,
    p.sheet,
    p.dataset,
    p.rows_read,
    p.rows_accepted,
    p.rows_rejected,
    p.rows_mended,
    p.rows_repeated,
    p.rows_closed,
    p.rows_skipped,
    p.problem,
    p.problem_en
from seen.part as p
where p.drop_id = $drop_id
order by
    (p.dataset is null and p.problem is not null) desc,
    p.dataset is null,
    p.rows_rejected - p.rows_mended - p.rows_repeated - p.rows_closed desc,
    p.file,
    p.sheet
