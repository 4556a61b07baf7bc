-- ListPublicKeys gives the public half of every key that a verifier may still
-- need: of the same rows as ListLiveKeys, without what is private.
-- name: ListPublicKeys :many
SELECT kid, algorithm, public_key
FROM auth.signing_keys
WHERE state IN ('pending', 'active') OR (state = 'retiring' AND verifies_until > now())
ORDER BY kid;
