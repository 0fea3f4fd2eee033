-- One row per score entered in the page that was not taken back: by whom, when (Asia/Shanghai), and why it can not stand any more
-- row_id: as in mart.score, below nought. rule: as of a row of a file; null = it stands. said: what the rule's sentence names.
-- For who sees all units.
select
    e.unit_id,
    e.round_name,
    e.ind_code,
    e.rater,
    e.reason,
    e.decided_by,
    e.decided_at + interval '8' hour as decided_at,
    min(f.rule) as rule,
    min(f.said) as said,
    -e.id as row_id
from raw.score_entry as e
left join staging.score_fault as f on f.row_id = -e.id
group by e.unit_id, e.round_name, e.ind_code, e.rater, e.reason, e.decided_by, e.decided_at, e.id
