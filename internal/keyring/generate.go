package keyring

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/token"
)

// generate makes an RSA key and its row, the private half sealed for its kid.
// It takes about 0.1 s at 2048 bits, and a second or more at 4096.
func generate(bits int, c *Cipher) (authdb.InsertActiveKeyParams, error) {
	var none authdb.InsertActiveKeyParams
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return none, fmt.Errorf("generate a signing key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return none, fmt.Errorf("generate a signing key: public half: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return none, fmt.Errorf("generate a signing key: private half: %w", err)
	}
	defer clear(der)
	kid, err := token.Thumbprint(&private.PublicKey)
	if err != nil {
		return none, fmt.Errorf("generate a signing key: %w", err)
	}
	return authdb.InsertActiveKeyParams{
		Bits: int32(bits), Kid: kid, Algorithm: token.RS256, PublicKey: public, PrivateKey: c.Seal(der, []byte(kid)),
	}, nil
}
