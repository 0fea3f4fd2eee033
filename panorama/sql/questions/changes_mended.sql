-- One row per row that mends a refused one: itself, and the drop of the refused one
select distinct row_id as row_id_after, refused_in from seen.mended
