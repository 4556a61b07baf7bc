package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"

	"github.com/latchkey-id/latchkey/internal/certificate"
	"github.com/latchkey-id/latchkey/internal/config"
)

// TLS is what a service shows its clients, and whom it trusts.
type TLS struct {
	Server      *tls.Config    // of both listeners; nil is plain HTTP
	Authorities *x509.CertPool // that may sign the other service's certificate; nil is the system's
}

// OpenTLS reads TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE. A file that is set
// and can't be used is an error of one line: nobody starts without TLS who
// asked for it.
func OpenTLS(c config.Common, service string, log *slog.Logger) (secured TLS, err error) {
	if secured.Authorities, err = certificate.Authorities(c.TLSCAFile); err != nil {
		return TLS{}, fmt.Errorf("%s: %w", service, err)
	}
	if c.TLSCertFile == "" {
		return secured, nil
	}
	pair, err := certificate.Open(c.TLSCertFile, c.TLSKeyFile, log)
	if err != nil {
		return TLS{}, fmt.Errorf("%s: %w", service, err)
	}
	secured.Server = pair.Config()
	return secured, nil
}
