-- Clock is the database's own, which every deadline goes by: services have
-- clocks that differ and jump.
-- name: Clock :one
SELECT now()::timestamptz;
