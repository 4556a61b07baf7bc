// Package person is what both services have in common when somebody's data are
// exported or erased.
package person

import (
	"time"

	"github.com/google/uuid"
)

// Answer is one kept for an Idempotency-Key, which names a person.
type Answer struct {
	CreatedAt time.Time `json:"created_at"`
	Status    *int32    `json:"status"`
}

// Words are what a kept answer names a person by: id and names as JSON strings,
// so that ada is not found in nevada.
func Words(id uuid.UUID, names []string) [][]byte {
	all := make([][]byte, 0, len(names)+1)
	all = append(all, []byte(`"`+id.String()+`"`))
	for _, name := range names {
		all = append(all, []byte(`"`+name+`"`))
	}
	return all
}
