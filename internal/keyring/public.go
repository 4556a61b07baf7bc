package keyring

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/token"
)

// PublicKeys reads the published keys from the table, for whoever has neither a
// running service nor KEY_ENCRYPTION_KEY: nothing private is read. A row that
// cannot be used is an error, since what is left out would look revoked.
func PublicKeys(ctx context.Context, pool *pgxpool.Pool) ([]token.PublicKey, error) {
	rows, err := authdb.New(pool).ListPublicKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the public keys: %w", err)
	}
	keys := make([]token.PublicKey, 0, len(rows))
	for _, row := range rows {
		k, err := publicKey(authdb.SigningKey{Kid: row.Kid, Algorithm: row.Algorithm, PublicKey: row.PublicKey})
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", row.Kid, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}
