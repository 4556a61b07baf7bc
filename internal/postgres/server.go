package postgres

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"time"
)

// Errors of StartServer that its caller may want to tell apart.
var (
	// ErrNoBinaries says that this machine has no PostgreSQL to start.
	ErrNoBinaries = errors.New("no PostgreSQL 14 or newer found: install it (Debian: apt-get install postgresql), " +
		"or set PGBIN to the directory of its programs, or DATABASE_URL to a server that runs")
	// ErrInUse says that another process runs a server in the same directory.
	// The error that wraps it names the process.
	ErrInUse = errors.New("the data directory is in use")
	// ErrUnsupported is all that StartServer gives outside of Unix.
	ErrUnsupported = errors.New("the embedded PostgreSQL needs a Unix system: set DATABASE_URL to a server that runs")
)

// startTimeout bounds a start whose context has no deadline: crash recovery of
// a large write-ahead log takes its time.
const startTimeout = 60 * time.Second

// superuser is the role that initdb makes. Nobody but us reaches the socket, so
// it has no password.
const superuser = "postgres"

// ServerOptions say where an embedded server lives and how.
type ServerOptions struct {
	// Dir is made if absent. It gets lock, postgres.log and postgres (the
	// cluster, or a link to it where the server's user cannot reach Dir).
	Dir string
	// Fast trades every guarantee against a crash for speed. For tests only.
	Fast bool
	// Settings are further ones of the server, as name=value; they win.
	Settings []string
	// ReplicaOf is the socket directory of the server whose streaming replica a
	// new cluster shall be. Empty makes an empty one.
	ReplicaOf string
	// Log gets what a person would want to know. Nil is silent.
	Log *slog.Logger
}

// Server is a PostgreSQL that this process started and that ends with it.
type Server struct {
	socketDir  string
	tempSocket bool // socketDir is ours to remove
	lock       *os.File
	postmaster *process
}

// URL is how user reaches database over the server's socket.
func (s *Server) URL(user, database string) string { return SocketURL(s.socketDir, user, database) }

// SocketDir is the directory that holds the server's one socket.
func (s *Server) SocketDir() string { return s.socketDir }

// Done is closed when the server has ended, asked to or not.
func (s *Server) Done() <-chan struct{} { return s.postmaster.done }

// Bootstrap is the package's Bootstrap on this server.
func (s *Server) Bootstrap(ctx context.Context, database string, schemas ...string) error {
	return Bootstrap(ctx, s.socketDir, database, schemas...)
}

// SocketURL is a URL, good for pgx and for libpq, over the socket in dir.
func SocketURL(dir, user, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {dir}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()
	return u.String()
}
