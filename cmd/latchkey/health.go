package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/latchkey-id/latchkey/internal/certificate"
)

// healthTimeout is over what a service takes to find out that its database
// does not answer (1 s).
const healthTimeout = 3 * time.Second

type healthCommand struct {
	URL string `arg:"" help:"Such as http://127.0.0.1:9080/readyz."`
}

// Run asks once. What is not 200 is an error, and so the exit code 1.
func (h *healthCommand) Run(ctx context.Context) error {
	u, err := url.Parse(h.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("the address must be an http or https URL, such as http://127.0.0.1:9080/readyz")
	}
	authorities, err := certificate.Authorities(os.Getenv("TLS_CA_FILE"))
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{
			RootCAs: authorities, MinVersion: tls.VersionTLS12,
			// A certificate names the service, seldom the loopback; who answers there is this machine.
			InsecureSkipVerify: isLoopback(u.Hostname()), //nolint:gosec // as above, and nothing is sent but the question
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       healthTimeout,
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // the status has said it
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", u, answer.Status)
	}
	_, err = os.Stdout.Write(text)
	return err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
