package publickeys

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/token"
)

// KeySetFile is the name of the file with all keys.
const KeySetFile = "jwks.json"

// FileName is the name of the file of one key.
func FileName(kid string) string { return kid + ".pem" }

// pemType is the label of SPKI (RFC 7468, section 13).
const pemType = "PUBLIC KEY"

// Encode gives the files of a folder, by name. It refuses keys whose kid is not
// their thumbprint: a name that is not made of the key could be any path.
func Encode(keys []token.PublicKey) (map[string][]byte, error) {
	files := make(map[string][]byte, len(keys)+1)
	for _, k := range keys {
		kid, err := token.Thumbprint(k.Key)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.KID, err)
		}
		if kid != k.KID {
			return nil, fmt.Errorf("key %q: the kid is not the key's thumbprint", k.KID)
		}
		text, err := encodePEM(k)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.KID, err)
		}
		if files[FileName(kid)] != nil {
			return nil, fmt.Errorf("key %q: there are two of it", k.KID)
		}
		files[FileName(kid)] = text
	}
	set, err := encodeKeySet(keys)
	if err != nil {
		return nil, err
	}
	files[KeySetFile] = set
	return files, nil
}

func encodePEM(k token.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		return nil, errors.New("not a key of a known type")
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// encodeKeySet goes by kid, not by which key signs: a rotation is a change of
// the database, not of every line of this file.
func encodeKeySet(keys []token.PublicKey) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(keys), func(a, b token.PublicKey) int { return strings.Compare(a.KID, b.KID) })
	set := token.JWKSet{Keys: make([]token.JWK, 0, len(keys))}
	for _, k := range sorted {
		j, err := token.NewJWK(k)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.KID, err)
		}
		set.Keys = append(set.Keys, j)
	}
	text, err := json.MarshalIndent(set, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// ParsePEM reads one public key and nothing else.
func ParsePEM(text []byte) (token.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != pemType || len(bytes.TrimSpace(rest)) > 0 {
		return token.PublicKey{}, errors.New("is not one PEM block with a " + pemType)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return token.PublicKey{}, errors.New("holds no public key that can be read")
	}
	k, err := token.NewPublicKey(parsed)
	if err != nil {
		return token.PublicKey{}, fmt.Errorf("holds a key that is not used here: %w", err)
	}
	return k, nil
}
