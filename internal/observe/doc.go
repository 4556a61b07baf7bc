// Package observe makes what the services are watched by: the log.
package observe
