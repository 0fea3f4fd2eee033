-- One row per application granted × issue that held it on that day, of the unit, below it or passed to it; $…: both and whose issues
-- hold whom as the gate says, asked when it is read
-- id: X14
-- name: 有超期问题，增编类申请却已同意 | Overdue issues, and an application granted all the same
-- compares: A 类问题在同意之日超期未销号，与未经豁免而同意的增编类申请 | Class A issues overdue on the day of the decision, with applications for more that were granted without a waiver
-- silent: 没有问题台账或申请台账；申请经书面豁免 | No issue ledger or no list of applications; a waiver in writing
-- question: 受理的依据是什么，有无书面豁免？ | On what grounds was it accepted, is there a written waiver?
-- themes: T22
-- needs: D22, D24
-- when: reading
with
granted as (
    select
        unnest($application_ids::bigint[]) as application_id,
        unnest($unit_ids::bigint[]) as unit_id,
        unnest($numbers::varchar[]) as app_no,
        unnest($items::varchar[]) as item,
        unnest($dates::date[]) as decided_on
),
issue as (
    select
        unnest($issue_ids::bigint[]) as issue_id,
        unnest($issue_units::bigint[]) as unit_id,
        unnest($issue_numbers::varchar[]) as issue_no,
        unnest($limits::date[]) as due_on,
        unnest($closed::date[]) as closed_on
),
near as (
    select
        unnest($near_roots::bigint[]) as root_id,
        unnest($near_units::bigint[]) as unit_id,
        unnest($near_since::date[]) as passed_on
)
select
    g.unit_id,
    u.short_name as unit,
    'T22' as theme,
    year(g.decided_on)::int as year,
    concat(g.app_no, ' ', i.issue_id) as matter,
    '问题台账' as left_family,
    cast(i.due_on as varchar) as left_at,
    concat('A 类问题 ', coalesce(i.issue_no, ''), ' 时限 ', i.due_on, '，', coalesce(i.closed_on::varchar || ' 才销号', '至今未销号')) as left_text,
    concat('class A issue ', coalesce(i.issue_no, ''), ' was due ', i.due_on, ', ', coalesce('closed out on ' || i.closed_on::varchar, 'not closed out yet')) as left_text_en,
    '申请受理' as right_family,
    cast(g.decided_on as varchar) as right_at,
    concat(g.item, '申请已同意，没有豁免（', g.app_no, '）') as right_text,
    concat('application granted without a waiver (', g.app_no, ')') as right_text_en,
    g.application_id,
    i.issue_id
from granted as g
inner join near as n on n.root_id = g.unit_id and (n.passed_on is null or n.passed_on <= g.decided_on)
inner join issue as i on i.unit_id = n.unit_id and i.due_on < g.decided_on and (i.closed_on is null or i.closed_on > g.decided_on)
inner join seen.unit as u on u.unit_id = g.unit_id
order by g.application_id, i.due_on, i.issue_id
