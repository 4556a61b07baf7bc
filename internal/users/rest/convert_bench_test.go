package rest

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/gen/usersdb"
)

// discard is an answer that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkEncodeUser is the answer of GET /users/{user}, from the row to the
// last byte, as the generated code writes it.
func BenchmarkEncodeUser(b *testing.B) {
	made := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	account := usersdb.Account{
		ID: uuid.MustParse("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"), Username: "ada", Email: "ada@example.com", Verified: true,
		Roles: []string{"admin", "user"}, CreatedAt: made, UpdatedAt: made, Version: 7,
	}
	w := discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		answer := usersapi.GetUser200JSONResponse{
			Body: userOf(account), Headers: usersapi.GetUser200ResponseHeaders{ETag: etagOf(account)},
		}
		if err := answer.VisitGetUserResponse(w); err != nil {
			b.Fatal(err)
		}
	}
}
