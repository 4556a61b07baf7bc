//go:build !unix

package httpapi

import "net"

// closeDoor closes a listener.
func closeDoor(l net.Listener) { _ = l.Close() }
