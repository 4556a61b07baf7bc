// Boards writes Grafana's dashboards: deploy/grafana/dashboards, which
// `make generate` makes anew. What is shown is in the files of this folder, one
// for each board; what JSON Grafana wants for it is in grafana.go.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: boards FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "boards:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	for _, b := range []board{overview, signIn, database, jobs, keys, runtime} {
		text, err := json.MarshalIndent(b.dashboard(), "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, b.uid+".json"), append(text, '\n'), 0o644); err != nil { //nolint:gosec // Grafana reads it as another user
			return err
		}
	}
	return nil
}
