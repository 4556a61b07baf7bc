// Package jobs is what latchkey makes of River (github.com/riverqueue/river).
package jobs
