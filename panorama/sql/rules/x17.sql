-- One row per unit or office × year
-- id: X17
-- name: 超负荷，同时有一成以上的人借出 | Overloaded, with more than a tenth of its people lent out
-- compares: 全年工作饱满度（> 1.15，非待判），与同年末借出人数占实有人数的比例（> 10%） | The year's saturation (above 1.15 and not undetermined), with people lent out per people in post at that year's end (above 10 %)
-- silent: 借出人数未填；饱满度待判或不能计算 | People lent out not filled in; saturation undetermined or not computed
-- question: 自己超负荷，为何还借出人员，何时归还？ | Overloaded itself, why does it lend people out, and when do they return?
-- themes: T14, T27
-- needs: D10, D9, D5
select
    unit_id,
    'T14' as theme,
    year,
    matter,
    '工作量' as left_family,
    cast(year as varchar) as left_at,
    concat(place, '：饱满度 ', shown, '（90% 区间 ', interval_shown, '）') as left_text,
    concat(place_en, ': saturation ', shown, ' (90 % interval ', interval_shown, ')') as left_text_en,
    work_rows as left_rows,
    '台账' as right_family,
    cast(snapshot_date as varchar) as right_at,
    concat('实有 ', actual, ' 人，借出 ', seconded_out, ' 人（', cast(round(100.0 * seconded_out / actual, 0) as int), '%）') as right_text,
    concat(actual, ' in post, ', seconded_out, ' lent out (', cast(round(100.0 * seconded_out / actual, 0) as int), ' %)') as right_text_en,
    ledger_rows as right_rows
from staging.overloaded
where actual > 0 and seconded_out > 0.10 * actual
