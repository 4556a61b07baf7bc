package rest

import (
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

func keyOf(k keyring.Key) authapi.Key {
	return authapi.Key{
		Kid: k.KID, Algorithm: authapi.KeyAlgorithm(k.Algorithm), Bits: bitsOrNull(k.Bits), State: authapi.KeyState(k.State),
		CreatedAt: k.CreatedAt.UTC(), ActivatedAt: timeOrNull(k.ActivatedAt), RetiringAt: timeOrNull(k.RetiringAt),
		VerifiesUntil: timeOrNull(k.VerifiesUntil), RetiredAt: timeOrNull(k.RetiredAt), RevokedAt: timeOrNull(k.RevokedAt),
		TokensOut: k.TokensOut,
	}
}

func keyOrNull(k *keyring.Key) nullable.Nullable[authapi.Key] {
	if k == nil {
		return nullable.NewNullNullable[authapi.Key]()
	}
	return nullable.NewNullableWithValue(keyOf(*k))
}

func bitsOrNull(bits int) nullable.Nullable[int32] {
	if bits == 0 {
		return nullable.NewNullNullable[int32]()
	}
	return nullable.NewNullableWithValue(int32(bits))
}

func timeOrNull(t *time.Time) nullable.Nullable[time.Time] {
	if t == nil {
		return nullable.NewNullNullable[time.Time]()
	}
	return nullable.NewNullableWithValue(t.UTC())
}
