// Package mail renders mails and delivers them: over SMTP, or as files into a
// development mailbox. When one is sent, and that it is tried again, is the
// business of the queue that calls it.
//
//	Kind + Data ── Templates.Render ──▶ subject, text, html ── Message ──▶ Sender
//
// By file:
//
//   - templates.go and data.go render: each kind of mail is a .txt and a .html
//     file in templates/, which a deployer replaces file by file.
//   - compose.go turns a Message into RFC 5322 and refuses what would become a
//     header of its own.
//   - relay.go reads SMTP_URL; smtp.go delivers there, encrypted unless the URL
//     says otherwise; refusal.go tells refusals for good from those for now.
//   - mailbox.go is where mails go while there is no SMTP_URL.
//
// A delivery can happen twice (the relay took the mail and the answer was
// lost): the Message-ID stays the same, so that the second is recognised. No
// error holds a password, a body, a link or what a server said in words.
package mail
