-- migrate:up

-- One question about an account has one intent, however often it is asked
-- before its answer is known: what follows from it is done once.
DELETE FROM auth.intents AS i USING auth.intents AS later
WHERE later.user_id = i.user_id AND later.kind = i.kind AND later.token_id IS NOT DISTINCT FROM i.token_id AND later.id > i.id;
CREATE UNIQUE INDEX intents_question_key ON auth.intents (user_id, kind, (coalesce(token_id, user_id)));

-- migrate:down
DROP INDEX auth.intents_question_key;
