-- One row per unit or office × year
-- id: X05
-- name: 超负荷，同时空编率高 | Overloaded, with many posts vacant
-- compares: 全年工作饱满度（> 1.15，非待判），与同年末台账的空编率（> 15%） | The year's saturation (above 1.15 and not undetermined), with the vacancy rate at that year's end (above 15 %)
-- silent: 饱满度待判或不能计算；台账未报核定或实有 | Saturation undetermined or not computed; approved or actual not reported
-- question: 工作超负荷，空编为何没有使用：招不到人，还是工作量、工时偏高？ | Overloaded, why are the vacant posts not used: nobody to be had, or volumes or unit times too high?
-- themes: T27, T12
-- needs: D10, D9, D5
select
    unit_id,
    'T27' as theme,
    year,
    matter,
    '工作量' as left_family,
    cast(year as varchar) as left_at,
    concat(place, '：饱满度 ', shown, '（90% 区间 ', interval_shown, '）') as left_text,
    concat(place_en, ': saturation ', shown, ' (90 % interval ', interval_shown, ')') as left_text_en,
    work_rows as left_rows,
    '台账' as right_family,
    cast(snapshot_date as varchar) as right_at,
    concat('核定 ', approved, ' 名，空编 ', vacancy, ' 名（', cast(round(100.0 * vacancy / approved, 0) as int), '%）') as right_text,
    concat(approved, ' approved, ', vacancy, ' vacant (', cast(round(100.0 * vacancy / approved, 0) as int), ' %)') as right_text_en,
    ledger_rows as right_rows
from staging.overloaded
where approved > 0 and vacancy > 0.15 * approved
