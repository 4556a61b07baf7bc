-- CountMail counts a mail to an address within its window. No row: the
-- address has had its share.
-- name: CountMail :one
INSERT INTO auth.mail_recipients AS r (key, mails)
VALUES (@key, 1)
ON CONFLICT ON CONSTRAINT mail_recipients_pkey DO UPDATE SET
    since = CASE WHEN r.since < now() - @window_length::interval THEN now() ELSE r.since END,
    mails = CASE WHEN r.since < now() - @window_length::interval THEN 1 ELSE r.mails + 1 END
WHERE r.since < now() - @window_length::interval OR r.mails < @most::integer
RETURNING r.mails;

-- DropOldRecipients removes counters whose window is long over.
-- name: DropOldRecipients :exec
DELETE FROM auth.mail_recipients
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.mail_recipients o WHERE o.since < now() - interval '2 days' ORDER BY o.since LIMIT 10000))
    AND since < now() - interval '2 days';
