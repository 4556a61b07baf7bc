-- AddIssuedTokens counts tokens by key and by the minute in which they expire.
-- name: AddIssuedTokens :exec
INSERT INTO auth.issued_tokens (kid, expires_at, count)
SELECT unnest(@kids::text[]), unnest(@expiries::timestamptz[]), unnest(@counts::bigint[])
ON CONFLICT (kid, expires_at) DO UPDATE SET count = issued_tokens.count + excluded.count;

-- DropExpiredCounts removes what counts tokens that nobody takes any more.
-- name: DropExpiredCounts :exec
DELETE FROM auth.issued_tokens WHERE expires_at < now() - interval '1 hour';
