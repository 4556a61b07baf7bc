package otlp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// settings are what the environment says of the export.
type settings struct {
	headers http.Header
	timeout time.Duration // of one attempt
	gzip    bool
	tls     *tls.Config // nil: Go's own
}

// defaultTimeout is the specification's.
const defaultTimeout = 10 * time.Second

// environment reads OTEL_EXPORTER_OTLP_TRACES_name, else OTEL_EXPORTER_OTLP_name;
// one that is empty is not set.
type environment struct {
	get func(string) string
	log *slog.Logger
}

// lookUp also gives the variable that the value is of.
func (e environment) lookUp(name string) (variable, value string) {
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_TRACES_" + name, "OTEL_EXPORTER_OTLP_" + name} {
		if value := strings.TrimSpace(e.get(variable)); value != "" {
			return variable, value
		}
	}
	return "", ""
}

// ignore tells of a value that is no such thing, and not of the value: it may
// be a key. The specification wants it told and left out.
func (e environment) ignore(variable, why string) {
	e.log.Warn("traces: a setting is ignored", slog.String("variable", variable), slog.String("error", why))
}

// settings reads all of them. An error is a certificate or key that can't be
// used; it names the variable.
func (e environment) settings() (settings, error) {
	s := settings{headers: e.headers(), timeout: e.timeout()}
	switch variable, value := e.lookUp("COMPRESSION"); value {
	case "", "none":
	case "gzip":
		s.gzip = true
	default:
		e.ignore(variable, "is not gzip or none")
	}
	var err error
	s.tls, err = e.tls()
	return s, err
}

// timeout is in milliseconds; 0 is for ever, as net/http has it.
func (e environment) timeout() time.Duration {
	variable, value := e.lookUp("TIMEOUT")
	if value == "" {
		return defaultTimeout
	}
	ms, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		e.ignore(variable, "is not a number of milliseconds")
		return defaultTimeout
	}
	return time.Duration(ms) * time.Millisecond
}

// headers are name=value, separated by commas; values are percent-encoded (W3C
// Baggage, without properties).
func (e environment) headers() http.Header {
	headers := http.Header{}
	variable, list := e.lookUp("HEADERS")
	for pair := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, found := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !found || err != nil || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			e.ignore(variable, "an entry is not name=value, with the value percent-encoded")
			continue
		}
		headers.Set(name, value)
	}
	return headers
}

// tls is of the authorities that the collector's certificate is from, and of
// the certificate that shows who sends.
func (e environment) tls() (*tls.Config, error) {
	made := &tls.Config{MinVersion: tls.VersionTLS12}
	if variable, file := e.lookUp("CERTIFICATE"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable, err)
		}
		made.RootCAs = x509.NewCertPool()
		if !made.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: %s holds no certificate in PEM", variable, file)
		}
	}
	variable, file := e.lookUp("CLIENT_CERTIFICATE")
	keyVariable, key := e.lookUp("CLIENT_KEY")
	switch {
	case file != "" && key != "":
		pair, err := tls.LoadX509KeyPair(file, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable, err)
		}
		made.Certificates = []tls.Certificate{pair}
	case file != "" || key != "":
		return nil, errors.New(variable + keyVariable + ": a client's certificate comes with its key")
	}
	return made, nil
}
