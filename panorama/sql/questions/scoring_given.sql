-- One row per indicator × evaluator that scored one unit in a round, as far as this state of the data knows: what (what was agreed on before what was given), and where it stands
select
    s.ind_code,
    s.rater,
    s.score,
    s.na,
    s.na_reason,
    s.missing,
    s.evidence_refs,
    s.comment,
    s.row_id,
    p.drop_id,
    p.file,
    p.sheet,
    case when s.row_id > 0 then (s.row_id & 4294967295)::int end as src_row
from seen.score as s
left join seen.part as p on p.part_id = s.row_id >> 32
where s.unit_id = $unit_id and s.round_name = $round_name and s.rater_kind = '评估组'
qualify row_number() over (partition by s.ind_code, s.rater order by s.agreed desc) = 1
order by s.ind_code, s.rater
