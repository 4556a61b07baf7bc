package mail

import "time"

// SetTimeout shortens what is 10 s.
func (s *SMTP) SetTimeout(d time.Duration) { s.timeout = d }

// Timeout is how long a delivery may take.
func (s *SMTP) Timeout() time.Duration { return s.timeout }

// SetClock gives a mailbox another clock.
func (b *Mailbox) SetClock(now func() time.Time) { b.now = now }

// Duration is the templates' function of that name.
func Duration(d time.Duration) string { return duration(d) }
