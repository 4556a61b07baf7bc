package apitest

import (
	"crypto/tls"
	"testing"
)

// mailCertificate is a certificate for the loopback, of a CA that nobody else
// knows.
type mailCertificate struct {
	config *tls.Config
	caFile string
}

func newMailCertificate(t testing.TB) mailCertificate {
	t.Helper()
	ca := NewAuthority(t)
	return mailCertificate{
		config: &tls.Config{Certificates: []tls.Certificate{ca.Issue(t)}, MinVersion: tls.VersionTLS12},
		caFile: ca.File,
	}
}
