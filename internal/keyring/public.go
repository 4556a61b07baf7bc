package keyring

import (
	"context"
	"crypto/x509"
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
		parsed, err := x509.ParsePKIXPublicKey(row.PublicKey)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: the public key is not SPKI DER", row.Kid)
		}
		k, err := token.NewPublicKey(parsed)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", row.Kid, err)
		}
		if k.KID != row.Kid || k.Algorithm != row.Algorithm {
			return nil, fmt.Errorf("signing key %s: the kid or the algorithm is not the public key's", row.Kid)
		}
		keys = append(keys, k)
	}
	return keys, nil
}
