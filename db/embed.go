// Package db carries the migrations of both services inside the binary, so that
// a deployed latchkey can bring its own database up to date and a test can
// build the same schema that production has.
package db

import (
	"embed"
	"io/fs"
)

//go:embed users/migrations/*.sql auth/migrations/*.sql
var files embed.FS

// Users holds the migrations of schema users, rooted at the files themselves.
var Users = sub("users/migrations")

// Auth holds the migrations of schema auth, rooted at the files themselves.
var Auth = sub("auth/migrations")

// sub panics on a directory that the embed pattern does not name: a defect of
// this file, found by the first test that imports it.
func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err)
	}
	return f
}
