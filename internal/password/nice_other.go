//go:build !linux

package password

// lowerPriority does nothing: only Linux has a priority for each thread that a
// process may lower without privilege.
func lowerPriority() {}
