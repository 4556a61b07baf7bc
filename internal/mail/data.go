package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Data is what templates may show. Which kind has what: Link, Token and
// ValidFor come with verify_email, reset_password and change_email; NewAddress
// with change_email, email_change_requested and email_changed. Username and
// ClientAddress may be empty in any, the rest is always there.
type Data struct {
	Username string // as users folds it: nothing but [a-z0-9_.-]
	Address  string // of the account; for change_email, the one it still has
	// NewAddress is the address that the account shall get, or got.
	NewAddress string
	Link       string // to latchkey's own page, with the token in it
	Token      string // for a link to a page of the deployer's own
	BaseURL    string // PUBLIC_URL
	ValidFor   time.Duration
	// ClientAddress is the IP address that asked.
	ClientAddress string
	At            time.Time // when it was asked
}

// Site names the installation to a person: the host of BaseURL.
func (d Data) Site() string {
	if u, err := url.Parse(d.BaseURL); err == nil && u.Host != "" {
		return u.Host
	}
	return d.BaseURL
}

// ErrData is Data that is not what its comments say. It is permanent.
var ErrData = errors.New("mail: data that no mail can show")

// check refuses what would be more in a mail than it pretends to be. Its errors
// hold no value.
func (d Data) check(kind Kind) error {
	for name, value := range map[string]string{
		"Username": d.Username, "Address": d.Address, "NewAddress": d.NewAddress, "Link": d.Link, "Token": d.Token,
		"BaseURL": d.BaseURL, "ClientAddress": d.ClientAddress,
	} {
		if !oneLine(value) {
			return fmt.Errorf("%w: %s", ErrData, name) // any of them may be in a subject
		}
	}
	if strings.ContainsFunc(d.Username, notInUsername) {
		return fmt.Errorf("%w: Username", ErrData)
	}
	if u, err := url.Parse(d.Link); kind.hasLink() && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
		return fmt.Errorf("%w: Link is not an http or https URL", ErrData)
	}
	return nil
}

func notInUsername(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("_.-", r)
}

// functions are what templates can call beside text/template's own.
var functions = map[string]any{"duration": duration, "time": moment}

// duration writes a time span as a person would, never longer than it is:
// "24 hours", "15 minutes", "7 days".
func duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day && d%day == 0:
		return count(d/day, "day")
	case d >= time.Hour && d%time.Hour == 0:
		return count(d/time.Hour, "hour")
	case d >= time.Minute:
		return count(d/time.Minute, "minute")
	}
	return count(max(0, d/time.Second), "second")
}

func count(n time.Duration, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", int64(n), unit)
}

// moment writes a point in time: "24 November 2026, 13:59 UTC".
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// samples are what LoadTemplates tries templates with: all there is, and no
// more than there always is.
func samples() []Data {
	full := Data{
		Username: "ada", Address: "ada@example.com", NewAddress: "ada@example.org",
		Link: "https://id.example.com/verify#token=" + sampleToken, Token: sampleToken, BaseURL: "https://id.example.com",
		ValidFor: 24 * time.Hour, ClientAddress: "192.0.2.7", At: time.Date(2026, 11, 24, 13, 59, 0, 0, time.UTC),
	}
	bare := full
	bare.Username, bare.ClientAddress = "", ""
	return []Data{full, bare}
}

const sampleToken = "SAMPLE0TOKEN"
