package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// Server runs a service's two listeners: the one for its clients and the one
// for its operators (health, metrics and profiles), which belongs on a private address.
type Server struct {
	Name     string // auth or users, for messages
	Addr     string
	OpsAddr  string
	Handler  http.Handler
	Health   *Health
	Log      *slog.Logger
	Metrics  *observe.Metrics // nil: there is no /metrics
	DrainFor time.Duration    // between readiness off and the listener's close
	TLS      *tls.Config      // of both listeners; nil is plain HTTP
}

// shutdownLimit bounds a graceful stop, in all.
const shutdownLimit = 20 * time.Second

// Listeners are bound ports. Binding comes before everything slow, so that a
// busy port is known at once.
type Listeners struct {
	Main, Ops net.Listener
}

// Listen binds both ports. A busy one is an error of one line that names it.
func Listen(name, addr, opsAddr string) (Listeners, error) {
	main, err := listen(name, addr)
	if err != nil {
		return Listeners{}, err
	}
	ops, err := listen(name+" ops", opsAddr)
	if err != nil {
		_ = main.Close()
		return Listeners{}, err
	}
	return Listeners{Main: main, Ops: ops}, nil
}

// Close gives the ports back; after Run it does nothing.
func (l Listeners) Close() {
	_ = l.Main.Close()
	_ = l.Ops.Close()
}

func listen(name, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %s is in use by another program", name, addr)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: can't listen on %s: %w", name, addr, err)
	}
	return l, nil
}

// Run serves until ctx is done and then stops in the order that loses no
// request: readiness off and every answer says `Connection: close`; after
// DrainFor no more connections; what is in flight is finished; at most 20 s
// in all. It returns nil after a clean stop.
func (s *Server) Run(ctx context.Context, l Listeners, started func()) error {
	main := s.httpServer(s.Handler)
	ops := s.httpServer(s.opsHandler())
	failed := make(chan error, 2)
	open := watchConns(main)
	go func() {
		failed <- s.serve(main, l.Main)
		close(open.complete)
	}()
	go func() { failed <- s.serve(ops, l.Ops) }()
	s.Health.started.Store(true)
	if started != nil {
		started()
	}
	select {
	case <-ctx.Done():
	case err := <-failed:
		_ = main.Close()
		_ = ops.Close()
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return s.stop(main, ops, l.Main, open)
}

func (s *Server) stop(main, ops *http.Server, door net.Listener, open *openConns) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	s.Health.draining.Store(true)
	s.Log.Info("draining", slog.Duration("for", s.DrainFor))
	time.Sleep(s.DrainFor)
	// Shutdown alone would drop, without an answer, what was accepted and not
	// yet read (net/http, conn.serve): the door closes first, the room empties.
	closeDoor(door)
	<-open.complete
	open.awaitIdle(ctx)
	err := main.Shutdown(ctx)
	if err != nil {
		_ = main.Close()
		err = fmt.Errorf("%s: requests were still running after %s: %w", s.Name, shutdownLimit, err)
	}
	_ = ops.Close()
	return err
}

func (s *Server) serve(server *http.Server, l net.Listener) error {
	if s.TLS != nil {
		server.TLSConfig = s.TLS.Clone()
		return server.ServeTLS(l, "", "") // the pair is the configuration's
	}
	return server.Serve(headListener{l})
}

// httpServer bounds what a slow or large client can hold. MaxHeaderBytes lies
// over the promised 16 KiB, so that those answers are problem documents.
func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ConnContext:       withConn,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    4 * maxHeaders,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}

// opsHandler serves health, metrics and profiles. It has no limits and no bearer check:
// its address is the protection.
func (s *Server) opsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", livez)
	mux.HandleFunc("GET /readyz", s.Health.readyz)
	if s.Metrics != nil {
		mux.Handle("GET /metrics", s.Metrics.Handler(s.Log))
	}
	mux.HandleFunc("GET /debug/samples/{id}", s.Health.samples.serve)
	mountProfiles(mux)
	return mux
}
