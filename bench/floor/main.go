// Command floor is what requests cost at least. It answers as latchkey does,
// byte for byte but for the request's id, through net/http and pgx alone:
//
//	GET /users/{user}  the same row by the same statement, the same JSON and headers; no identity, no limit, no log, no metric
//	GET /static/{name} an answer that is kept, with its headers: what JWKS and livez are held against
//
// The benchmark alone starts it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// user is the answer's JSON, as the specification has it.
type user struct {
	ID        uuid.UUID  `json:"id"`
	Username  string     `json:"username"`
	Email     string     `json:"email"`
	Verified  bool       `json:"verified"`
	Disabled  bool       `json:"disabled"`
	Roles     []string   `json:"roles"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	DeletedAt *time.Time `json:"deleted_at"`
	Version   int64      `json:"version"`
}

// look is what queries/users/users.sql has for GetAccount.
const look = `SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts WHERE id = $1`

// static is an answer that the benchmark took from latchkey.
type static struct {
	Header http.Header
	Body   []byte
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

// run serves on FLOOR_ADDR from FLOOR_DATABASE_URL; FLOOR_STATIC is JSON of the
// answers that are kept, by name, and FLOOR_HEADER the headers of a look-up.
func run(ctx context.Context) error {
	var kept map[string]static
	var header http.Header
	if err := errors.Join(json.Unmarshal([]byte(os.Getenv("FLOOR_STATIC")), &kept), json.Unmarshal([]byte(os.Getenv("FLOOR_HEADER")), &header)); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, os.Getenv("FLOOR_DATABASE_URL"))
	if err != nil {
		return err
	}
	defer pool.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{user}", func(w http.ResponseWriter, r *http.Request) { lookUp(w, r, pool, header) })
	for name, answer := range kept {
		mux.HandleFunc("GET /static/"+name, func(w http.ResponseWriter, _ *http.Request) { send(w, answer.Header, answer.Body) })
	}
	l, err := net.Listen("tcp", os.Getenv("FLOOR_ADDR"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func lookUp(w http.ResponseWriter, r *http.Request, pool *pgxpool.Pool, header http.Header) {
	id, err := uuid.Parse(r.PathValue("user"))
	if err != nil {
		http.Error(w, "no id", http.StatusNotFound)
		return
	}
	var u user
	err = pool.QueryRow(r.Context(), look, id).Scan(&u.ID, &u.Username, &u.Email, &u.Verified, &u.Disabled, &u.Roles, &u.CreatedAt, &u.UpdatedAt, &u.DeletedAt, &u.Version)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	u.CreatedAt, u.UpdatedAt = u.CreatedAt.UTC(), u.UpdatedAt.UTC()
	body, err := json.Marshal(u)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, header, append(body, '\n'))
}

func send(w http.ResponseWriter, header http.Header, body []byte) {
	h := w.Header()
	for name, values := range header {
		h[name] = values
	}
	_, _ = w.Write(body) // who has gone gets nothing
}
