package otlp

import "time"

// Hurry makes the waits between tries short, and the last try come soon.
func (c *Client) Hurry(all time.Duration) {
	c.pace = pace{first: time.Millisecond, most: 4 * time.Millisecond, all: all}
}
