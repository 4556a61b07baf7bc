//go:build ignore

// Command libopenapi has libopenapi, on which many linters and generators for
// Go stand, read OpenAPI documents, and fails on an error, a circular reference
// or a line in its log.
//
//	go run -modfile=spec.mod api/lint/libopenapi.go FILE…
//
// It is no test and not in go.mod: libopenapi takes longer to build than all of
// latchkey, and go vet and the race detector would build it once each. Its root
// package, which does the steps of read in one call, takes three times as long.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/pb33f/libopenapi/datamodel"
	high "github.com/pb33f/libopenapi/datamodel/high/v3"
	low "github.com/pb33f/libopenapi/datamodel/low/v3"
)

// broken are documents that it must complain of; else nobody listens.
var broken = map[string]string{
	"a missing component":  `{"A": {"$ref": "#/components/schemas/B"}}`,
	"a circular reference": `{"A": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A"}}}}`,
	"what is no JSON":      `{`,
}

func main() {
	log.SetFlags(0)
	for what, schemas := range broken {
		if read([]byte(`{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {}}, "components": {"schemas": `+schemas+`}}`)) == nil {
			log.Fatalf("libopenapi says nothing against %s", what)
		}
	}
	failed := false
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err == nil {
			err = read(text)
		}
		if err != nil {
			log.Printf("libopenapi %s: %v", path, err)
			failed = true
		}
	}
	if failed || len(os.Args) < 2 {
		os.Exit(1)
	}
}

// read gives what libopenapi says against a document.
func read(text []byte) error {
	var complaints bytes.Buffer
	settings := datamodel.NewDocumentConfiguration()
	settings.Logger = slog.New(slog.NewTextHandler(&complaints, &slog.HandlerOptions{Level: slog.LevelWarn}))
	info, err := datamodel.ExtractSpecInfo(text)
	if err != nil {
		return err
	}
	written, err := low.CreateDocumentFromConfig(info, settings)
	if err != nil {
		return err
	}
	if high.NewDocument(written).Paths.PathItems.Len() == 0 {
		return errors.New("it has no paths")
	}
	for _, reference := range append(written.Index.GetCircularReferences(), written.Rolodex.GetIgnoredCircularReferences()...) {
		fmt.Fprintf(&complaints, "circular: %s\n", reference.GenerateJourneyPath())
	}
	for _, err := range append(written.Index.GetReferenceIndexErrors(), written.Rolodex.GetCaughtErrors()...) {
		fmt.Fprintln(&complaints, err)
	}
	if complaints.Len() > 0 {
		return errors.New(complaints.String())
	}
	return nil
}
