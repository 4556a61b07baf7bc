package certificate

import (
	"crypto/x509"
	"fmt"
	"os"
)

// Authorities are those of the system and those in a PEM file. Without a file
// it is nil, which is the system's for crypto/tls. What the file holds is read
// once, at start-up: to change an authority, have the file name both for a while.
func Authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("TLS_CA_FILE: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // a system without any
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("TLS_CA_FILE: %s holds no certificate", file)
	}
	return pool, nil
}
