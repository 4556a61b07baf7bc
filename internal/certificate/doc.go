// Package certificate reads what TLS needs from files: the pair that a service
// shows, which may be replaced while it runs, and the authorities that the two
// services trust for each other.
package certificate
