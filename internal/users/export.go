package users

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// exportPage is how many accounts are read at a time.
const exportPage = 2000

// Export says what is exported.
type Export struct {
	To             io.Writer
	IncludeDeleted bool
	WithHashes     bool
}

// exportLine is a line that Import reads, apart from deleted_at.
type exportLine struct {
	ID           uuid.UUID  `json:"id"`
	Username     string     `json:"username"`
	Email        string     `json:"email"`
	PasswordHash *string    `json:"password_hash,omitempty"`
	Verified     bool       `json:"verified"`
	Disabled     bool       `json:"disabled"`
	Roles        []string   `json:"roles"`
	CreatedAt    time.Time  `json:"created_at"`
	DeletedAt    *time.Time `json:"deleted_at,omitempty"`
}

// Export writes accounts as NDJSON, in the order of their ids, and says how
// many. It reads page by page: accounts that change meanwhile may be in it
// either way.
func (s *Service) Export(ctx context.Context, out Export) (count int64, err error) {
	encoder := json.NewEncoder(out.To)
	encoder.SetEscapeHTML(false)
	var after uuid.UUID
	for {
		rows, err := s.queries.ExportAccounts(ctx, usersdb.ExportAccountsParams{
			After: after, IncludeDeleted: out.IncludeDeleted, PageSize: exportPage,
		})
		if err != nil {
			return count, postgres.Fault(err)
		}
		for _, row := range rows {
			line := exportLine{
				ID: row.ID, Username: row.Username, Email: row.Email, Verified: row.Verified, Disabled: row.Disabled,
				Roles: row.Roles, CreatedAt: row.CreatedAt, DeletedAt: row.DeletedAt,
			}
			if out.WithHashes {
				line.PasswordHash = row.PasswordHash
			}
			if err := encoder.Encode(line); err != nil {
				return count, err
			}
			count++
		}
		if len(rows) < exportPage {
			return count, nil
		}
		after = rows[len(rows)-1].ID
	}
}
