//go:build !unix

package postgres

import "context"

// process never exists here.
type process struct{ done chan struct{} }

// StartServer is not available on this system.
func StartServer(context.Context, ServerOptions) (*Server, error) { return nil, ErrUnsupported }

// Stop has nothing to stop on this system.
func (s *Server) Stop(context.Context) error { return nil }
