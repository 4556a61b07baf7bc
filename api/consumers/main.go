// Command consumers writes what teams that have only the specifications work
// with: a collection of requests for their editor (gen/collections), and the
// tables of error codes in docs/consumers.md. It reads what api/bundle wrote.
//
//	go run ./api/consumers
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

// The services in the order in which a newcomer meets them, and where `latchkey
// up` has them.
var services = []struct{ name, url string }{
	{"auth", "http://127.0.0.1:8080"},
	{"users", "http://127.0.0.1:8081"},
}

const page = "docs/consumers.md"

func main() {
	log.SetFlags(0)
	log.SetPrefix("consumers: ")
	if err := run("."); err != nil {
		log.Fatal(err)
	}
}

// run works below the repository's root.
func run(root string) error {
	documents, err := loadAll(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "gen", "collections")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range documents {
		if err := os.WriteFile(filepath.Join(dir, d.name+".http"), []byte(d.httpFile()), 0o644); err != nil {
			return err
		}
	}
	collection, err := postman(documents)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "latchkey.postman_collection.json"), collection, 0o644); err != nil {
		return err
	}
	path := filepath.Join(root, page)
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	after, err := withTables(string(before), documents)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	if after == string(before) {
		return nil
	}
	return os.WriteFile(path, []byte(after), 0o644)
}

func loadAll(root string) ([]*document, error) {
	var all []*document
	for _, s := range services {
		d, err := load(filepath.Join(root, "gen", s.name+"api", "openapi.json"), s.name, s.url)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}
