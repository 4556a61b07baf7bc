-- InsertSession opens a session; its first refresh token is generation 1. The
-- audit has it from the same statement.
-- name: InsertSession :exec
WITH recorded AS (
    INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
    VALUES (
        @event_id, @occurred_at, 'session.created', 'person', @actor, @user_id::uuid,
        jsonb_build_object('session_id', @id::uuid), @address::inet, @user_agent, @request_id
    )
)
INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, user_agent, idle_expires_at, expires_at)
VALUES (
    @id, @user_id, @salt, @credential_epoch, @address, @user_agent,
    now() + least(@idle::interval, @absolute::interval), now() + @absolute::interval
);

-- GetSession reads what checking a refresh token needs. live is false once
-- the session has ended or expired, by the database's clock.
-- name: GetSession :one
SELECT
    user_id, generation, salt, credential_epoch,
    (ended_at IS NULL AND idle_expires_at > now() AND expires_at > now())::boolean AS live,
    (rotated_at > now() - @grace::interval)::boolean AS in_grace,
    least(idle_expires_at, expires_at)::timestamptz AS expires_at
FROM auth.sessions
WHERE id = @id;

-- GetLiveSession gives the epoch of a session that still stands: the check
-- that makes a logout count at once on this service's own routes.
-- name: GetLiveSession :one
SELECT credential_epoch
FROM auth.sessions
WHERE id = @id AND user_id = @user_id AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now();

-- ExchangeGeneration is the refresh law in one atomic step on one row. The
-- token presented has a valid MAC and generation
-- presented.
--   * the current generation: the row moves on to the next;
--   * the parent within the grace: nothing moves, the successor is the same;
--   * the parent after it, or anything older: the session ends (reuse), and
--     the audit has it. Who presents the token is not known to be the person.
-- A caller tells the outcomes apart by what comes back: no row, nothing was
-- done (ended or expired meanwhile); reused, the session is dead now;
-- otherwise generation is presented + 1, whoever moved it.
-- name: ExchangeGeneration :one
WITH exchanged AS (
    UPDATE auth.sessions AS s SET
        generation = CASE WHEN s.generation = p.generation THEN s.generation + 1 ELSE s.generation END,
        rotated_at = CASE WHEN s.generation = p.generation THEN now() ELSE s.rotated_at END,
        idle_expires_at = CASE
            WHEN s.generation = p.generation THEN least(now() + p.idle, s.expires_at)
            ELSE s.idle_expires_at
        END,
        ended_at = CASE
            WHEN s.generation = p.generation THEN NULL
            WHEN s.generation = p.generation + 1 AND s.rotated_at > now() - p.grace THEN NULL
            ELSE now()
        END,
        end_reason = CASE
            WHEN s.generation = p.generation THEN NULL
            WHEN s.generation = p.generation + 1 AND s.rotated_at > now() - p.grace THEN NULL
            ELSE 'refresh_reuse'
        END
    FROM (SELECT @presented::bigint AS generation, @idle::interval AS idle, @grace::interval AS grace) AS p
    WHERE s.id = @id
        AND s.ended_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now()
        AND s.generation >= p.generation
    RETURNING s.id, s.user_id, p.generation AS presented, s.generation, (s.ended_at IS NOT NULL)::boolean AS reused
), recorded AS (
    INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
    SELECT
        @event_id::uuid, @occurred_at::timestamptz, 'session.refresh_reuse', 'system', 'refresh', e.user_id,
        jsonb_build_object('session_id', e.id, 'presented', e.presented, 'generation', e.generation),
        @address::inet, @user_agent::text, @request_id::text
    FROM exchanged e
    WHERE e.reused
)
SELECT generation, reused FROM exchanged;

-- EndSession ends one session; ending it twice changes nothing.
-- name: EndSession :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = @reason::text
WHERE id = @id AND ended_at IS NULL;

-- EndSessions ends every live session of an account.
-- name: EndSessions :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = @reason::text
WHERE user_id = @user_id AND ended_at IS NULL;

-- EndSessionsBefore ends the live sessions that an account opened before its
-- credentials had this epoch, but for one if keep names one.
-- name: EndSessionsBefore :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = @reason::text
WHERE user_id = @user_id AND credential_epoch < @credential_epoch AND id <> @keep AND ended_at IS NULL;

-- ListSessions gives the live sessions of an account, the newest first.
-- name: ListSessions :many
SELECT id, created_at, rotated_at, least(idle_expires_at, expires_at)::timestamptz AS expires_at, address, user_agent
FROM auth.sessions
WHERE user_id = @user_id AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()
ORDER BY id DESC
LIMIT @most;

-- EndOwnSession ends one live session of an account.
-- name: EndOwnSession :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = @reason::text
WHERE id = @id AND user_id = @user_id AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now();

-- MoveEpoch takes a session along with a password that its owner changed.
-- name: MoveEpoch :execrows
UPDATE auth.sessions SET credential_epoch = @credential_epoch
WHERE id = @id AND user_id = @user_id AND ended_at IS NULL;

-- EndPresented ends the session whose cookie somebody signs in with, and tells
-- the audit, in one statement.
-- name: EndPresented :exec
WITH ended AS (
    UPDATE auth.sessions AS s SET ended_at = now(), end_reason = 'signed_in_again'
    WHERE s.id = @session_id AND s.ended_at IS NULL
    RETURNING s.id, s.user_id
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
SELECT
    @event_id::uuid, @occurred_at::timestamptz, 'session.revoked', 'person', @actor::text, e.user_id,
    jsonb_build_object('session_id', e.id, 'reason', 'signed_in_again'), @address::inet, @user_agent::text, @request_id::text
FROM ended e;

-- DropOldSessions removes what has been over for a week, the oldest first, a batch
-- at a time; what somebody else removes at the moment is left to them.
-- name: DropOldSessions :execrows
DELETE FROM auth.sessions
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.sessions o WHERE o.expires_at < now() - interval '7 days' ORDER BY o.expires_at LIMIT @most FOR UPDATE SKIP LOCKED))
    AND expires_at < now() - interval '7 days';

-- CountOldSessions says how many rows DropOldSessions has before it.
-- name: CountOldSessions :one
SELECT count(*) FROM auth.sessions WHERE expires_at < now() - interval '7 days';

-- EndAllSessions ends the live ones among the next sessions by id, and gives
-- where it has come to. No row: it is through. A restored backup would let
-- those that ended since live again.
-- name: EndAllSessions :one
WITH page AS (
    SELECT p.id FROM auth.sessions p WHERE p.id > @after ORDER BY p.id LIMIT @most
), ended AS (
    UPDATE auth.sessions AS s SET ended_at = now(), end_reason = @reason::text
    WHERE s.id IN (SELECT page.id FROM page) AND s.ended_at IS NULL AND s.expires_at > now()
    RETURNING s.id
)
SELECT page.id AS last, (SELECT count(*) FROM ended)::bigint AS ended FROM page ORDER BY page.id DESC LIMIT 1;

-- CountLiveSessions says how many sessions EndAllSessions would end.
-- name: CountLiveSessions :one
SELECT count(*) FROM auth.sessions WHERE ended_at IS NULL AND expires_at > now();
