package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"

	"github.com/golang-jwt/jwt/v5"

	"github.com/latchkey-id/latchkey/token"
)

// key is a key pair, and how it signs.
type key struct {
	public  token.PublicKey
	private crypto.Signer
	method  jwt.SigningMethod
}

func (k key) kid() string { return k.public.KID }

// keys are all that there are. The public half of stranger is not published.
type keys struct {
	rsa, ec, ed, stranger key
}

func newKeys() (keys, error) {
	var k keys
	for _, one := range []struct {
		into     *key
		method   jwt.SigningMethod
		generate func() (crypto.Signer, error)
	}{
		{&k.rsa, jwt.SigningMethodRS256, newRSA},
		{&k.ec, jwt.SigningMethodES256, newEC},
		{&k.ed, jwt.SigningMethodEdDSA, newEd},
		{&k.stranger, jwt.SigningMethodRS256, newRSA},
	} {
		private, err := one.generate()
		if err != nil {
			return k, err
		}
		public, err := token.NewPublicKey(private.Public())
		if err != nil {
			return k, err
		}
		*one.into = key{public: public, private: private, method: one.method}
	}
	return k, nil
}

func (k keys) published() []token.PublicKey {
	return []token.PublicKey{k.rsa.public, k.ec.public, k.ed.public}
}

func newRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newEC() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func newEd() (crypto.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return private, err
}
