package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
)

// How a connection is encrypted.
const (
	implicitTLS      = "implicit" // from the first byte: smtps://
	mandatoryTLS     = "mandatory"
	opportunisticTLS = "opportunistic"
	noTLS            = "none"
)

// relay is what SMTP_URL says.
type relay struct {
	host, port     string
	user, password string // no AUTH without a user
	tls            string
	caFile         string // PEM; the system's roots where it is empty
}

// CheckURL says what is wrong with the form of an SMTP_URL. It opens neither
// file nor connection, and its error repeats nothing of the URL.
func CheckURL(text string) error {
	_, err := parseURL(text)
	return err
}

// parseURL reads smtp://user:password@host:587 or smtps://host:465, with
// ?tls=opportunistic or none (smtp only) and ?ca=FILE.
func parseURL(text string) (relay, error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.Fragment != "" || !isVisibleASCII(u.Host) {
		return relay{}, errors.New("must be of the form smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	r := relay{host: u.Hostname(), port: u.Port(), user: u.User.Username()}
	var hasPassword bool
	r.password, hasPassword = u.User.Password()
	ports := map[string]string{"smtp": "587", "smtps": "465"}
	number, errPort := strconv.ParseUint(r.port, 10, 16)
	switch {
	case ports[u.Scheme] == "":
		return relay{}, errors.New("must begin with smtp:// or smtps://")
	case r.port == "":
		r.port = ports[u.Scheme]
	case errPort != nil || number == 0:
		return relay{}, errors.New("the port must be 1 to 65535")
	}
	if (r.user == "") == hasPassword || !oneLine(r.user) || !oneLine(r.password) {
		return relay{}, errors.New("needs both user and password (percent-encoded where they hold any of :/?#@%), or neither")
	}
	return r, r.query(u)
}

// query reads what follows the question mark.
func (r *relay) query(u *url.URL) error {
	values, err := url.ParseQuery(u.RawQuery)
	for name, all := range values {
		if (name != "tls" && name != "ca") || len(all) != 1 || all[0] == "" {
			err = errors.Join(err, errors.New(name))
		}
	}
	if err != nil {
		return errors.New("after the question mark only tls=… and ca=FILE make sense, once each")
	}
	r.caFile, r.tls = values.Get("ca"), values.Get("tls")
	switch {
	case u.Scheme == "smtps" && r.tls != "":
		return errors.New("smtps:// is TLS from the first byte, and takes no tls=…")
	case u.Scheme == "smtps":
		r.tls = implicitTLS
	case r.tls == "":
		r.tls = mandatoryTLS
	case r.tls != opportunisticTLS && r.tls != noTLS:
		return errors.New("tls must be opportunistic or none, or left out: then the relay must offer STARTTLS")
	}
	if r.tls == noTLS && r.user != "" && !r.local() {
		return errors.New("with tls=none a password goes to this machine only")
	}
	return nil
}

// local reports whether the relay is this machine, by the names that
// go-mail/smtp knows it by.
func (r *relay) local() bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, r.host)
}

// tlsConfig reads the CA's certificates. Where there are any, they alone are
// trusted.
func (r *relay) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: r.host, MinVersion: tls.VersionTLS12}
	if r.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(r.caFile)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err // the path is a part of the URL
		}
		return nil, errors.Join(errors.New("the file of ca=… can't be read"), err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("the file of ca=… holds no certificate in PEM")
	}
	return config, nil
}
