package apitest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// MailMessage is a message that a mail server took.
type MailMessage struct {
	From                     string   // of the envelope
	To                       []string // of the envelope
	Encrypted, Authenticated bool
	Raw                      []byte // as it came, without the dots of the transfer
	Header                   mail.Header
	Text, HTML               string // the parts, decoded, with \n at line ends
}

// mailLine is the longest line that a relay need take (RFC 5321, section
// 4.5.3.1.6), with its end.
const mailLine = 1000

// readMail reads up to the last dot. fault is the reply to a message that a
// strict relay refuses; ok is false where the connection ended first.
func readMail(in *bufio.Reader) (raw []byte, fault string, ok bool) {
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, "", false
		}
		if string(line) == ".\r\n" {
			return raw, fault, true
		}
		bare := bytes.TrimSuffix(line, []byte("\r\n"))
		switch {
		case len(line) > mailLine:
			fault = "500 5.2.3 line too long"
		case len(bare) == len(line) || bytes.ContainsRune(bare, '\r'):
			fault = "550 5.6.0 bare CR or LF"
		case bytes.ContainsFunc(bare, func(r rune) bool { return r >= utf8.RuneSelf || r == 0 }):
			fault = "550 5.6.0 octets of 8 bits, and BODY=8BITMIME is not offered"
		}
		raw = append(raw, bytes.TrimPrefix(line, []byte("."))...)
	}
}

func parseMail(raw []byte) (MailMessage, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return MailMessage{}, err
	}
	m := MailMessage{Raw: raw, Header: parsed.Header}
	return m, m.part(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
}

// part takes a part's text, or goes through the parts within it.
func (m *MailMessage) part(contentType, encoding string, body io.Reader) error {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(media, "multipart/") {
		return m.parts(multipart.NewReader(body, parameters["boundary"]))
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if !strings.EqualFold(parameters["charset"], "utf-8") || !utf8.Valid(raw) {
		return fmt.Errorf("%s is not UTF-8", media)
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	switch media {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	}
	return nil
}

func (m *MailMessage) parts(reader *multipart.Reader) error {
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.part(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
			return err
		}
	}
}
