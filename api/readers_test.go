package api_test

import (
	"bytes"
	"log/slog"
	"os"
	"testing"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
)

// bundles are the documents that are served.
var bundles = []string{
	"../gen/usersapi/openapi.yaml", "../gen/usersapi/openapi.json",
	"../gen/authapi/openapi.yaml", "../gen/authapi/openapi.json",
}

// TestLibopenapiReads: the other reader of OpenAPI for Go, on which linters and
// validators stand, loads what is served without an error, a circular reference
// or a line in its log. Redocly and openapi-typescript read it in `make lint`.
func TestLibopenapiReads(t *testing.T) {
	t.Parallel()
	for _, path := range bundles {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if complaints := readWithLibopenapi(t, text, len(load(t, path).Paths.Map())); complaints != "" {
				t.Error(complaints)
			}
		})
	}
}

// readWithLibopenapi gives what libopenapi says against a document.
func readWithLibopenapi(t *testing.T, text []byte, paths int) string {
	t.Helper()
	var complaints bytes.Buffer
	settings := datamodel.NewDocumentConfiguration()
	settings.Logger = slog.New(slog.NewTextHandler(&complaints, &slog.HandlerOptions{Level: slog.LevelWarn}))
	doc, err := libopenapi.NewDocumentWithConfiguration(text, settings)
	if err != nil {
		return err.Error()
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		return err.Error()
	}
	if got := model.Model.Paths.PathItems.Len(); got != paths {
		t.Errorf("it has %d paths, want %d", got, paths)
	}
	for _, reference := range append(model.Index.GetCircularReferences(), doc.GetRolodex().GetIgnoredCircularReferences()...) {
		complaints.WriteString("circular: " + reference.GenerateJourneyPath() + "\n")
	}
	for _, err := range append(model.Index.GetReferenceIndexErrors(), doc.GetRolodex().GetCaughtErrors()...) {
		complaints.WriteString(err.Error() + "\n")
	}
	return complaints.String()
}

// TestLibopenapiComplains: what the test above listens to speaks when there is
// something wrong.
func TestLibopenapiComplains(t *testing.T) {
	t.Parallel()
	const head = `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": `
	for name, schemas := range map[string]string{
		"missing":  `{"A": {"$ref": "#/components/schemas/B"}}}}`,
		"circular": `{"A": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A"}}}}}}`,
	} {
		if readWithLibopenapi(t, []byte(head+schemas), 0) == "" {
			t.Errorf("%s: not a word", name)
		}
	}
}
