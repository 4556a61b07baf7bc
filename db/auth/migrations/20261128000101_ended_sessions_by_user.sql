-- migrate:up transaction:false

-- All sessions of one account, to export or to erase them: those that have not
-- ended are in sessions_user_id_id_idx.
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_ended_user_id_idx ON auth.sessions (user_id) WHERE ended_at IS NOT NULL;

-- migrate:down
DROP INDEX auth.sessions_ended_user_id_idx;
