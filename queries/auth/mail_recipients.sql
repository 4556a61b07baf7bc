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

-- DropOldRecipients removes counters whose window is long over, a batch at a time.
-- name: DropOldRecipients :execrows
DELETE FROM auth.mail_recipients
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.mail_recipients o WHERE o.since < now() - interval '2 days' ORDER BY o.since LIMIT @most FOR UPDATE SKIP LOCKED))
    AND since < now() - interval '2 days';

-- CountOldRecipients says how many rows DropOldRecipients has before it.
-- name: CountOldRecipients :one
SELECT count(*) FROM auth.mail_recipients WHERE since < now() - interval '2 days';
