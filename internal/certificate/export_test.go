package certificate

import "time"

// LookEvery is lookEvery.
const LookEvery = lookEvery

// SetClock puts a clock in place of time.Now.
func (p *Pair) SetClock(now func() time.Time) { p.now = now }

// Serial is the number of the certificate that a handshake is shown.
func (p *Pair) Serial() int64 { return p.current().Leaf.SerialNumber.Int64() }
