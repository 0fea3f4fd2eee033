-- One row per finding of inspection or audit; a nil return is a row with nil_return and no text
-- finding_id: from its natural key, the same in every snapshot. found_date: null for audit, which dates by year.
-- state: 未启动 整改中 基本完成 已完成 长期坚持 未说明. estab_related: as the file says 是 否 待判; null = not said.
-- related: 是 否 待判 after reviewer, file and rules in this order; staffing: related is 是. put_right: state 已完成.
-- overdue: today is past its own due date and it is neither put right nor 长期坚持. amount_wan: 万元
with
themed as (
    select finding_id, count(*) as n_themes
    from mart.finding_theme
    group by finding_id
)
select
    f.finding_id,
    f.source_family,
    f.dataset,
    f.unit_id,
    f.year,
    f.found_date,
    f.finding_no,
    f.project,
    f.authority,
    f.kind,
    f.category,
    f.text,
    f.measures,
    coalesce(f.severity, '未定') as severity,
    f.estab_related,
    q.related,
    q.related_by,
    coalesce(q.related = '是', false) as staffing,
    coalesce(t.n_themes, 0) as n_themes,
    f.amount_wan,
    f.persons,
    f.term,
    f.due,
    coalesce(f.state, case when f.done_date is not null then '已完成' else '未说明' end) as state,
    f.done_date,
    not f.nil_return
    and coalesce(f.state = '已完成', f.done_date is not null) as put_right,
    coalesce(
        not f.nil_return
        and f.due < d.day
        and coalesce(f.state, case when f.done_date is not null then '已完成' else '未说明' end)
        not in ('已完成', '长期坚持'),
        false
    ) as overdue,
    f.nil_return,
    f.conf,
    f.row_id
from staging.finding as f
cross join raw.today as d
left join themed as t on t.finding_id = f.finding_id
left join staging.related as q on q.statement_id = f.finding_id
