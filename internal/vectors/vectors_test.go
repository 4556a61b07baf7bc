package vectors_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

func one() vectors.File {
	return vectors.File{
		Description: "one", Issuer: "https://id.example", Audience: "latchkey", Clock: time.Unix(1e9, 0).UTC(), JWKS: "jwks.json",
		Vectors: []vectors.Vector{{
			Name: "dots", Description: "dots", RFC: "RFC 7515", Layer: vectors.JWS, Reason: vectors.Form,
			Recipe: &vectors.Recipe{Prefix: "a", Repeat: ".", Count: 3, Suffix: "b"},
		}},
	}
}

func TestRecipe(t *testing.T) {
	t.Parallel()
	if got := one().Vectors[0].Compact(); got != "a...b" {
		t.Errorf("made %q", got)
	}
	if got := (vectors.Vector{Token: "x"}).Compact(); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*vectors.File)
		want  string
	}{
		"good":             {func(*vectors.File) {}, ""},
		"no issuer":        {func(f *vectors.File) { f.Issuer = "" }, "issuer, audience"},
		"no clock":         {func(f *vectors.File) { f.Clock = time.Time{} }, "clock"},
		"no vectors":       {func(f *vectors.File) { f.Vectors = nil }, "vectors are required"},
		"keys elsewhere":   {func(f *vectors.File) { f.JWKS = "../jwks.json" }, "same folder"},
		"no name":          {func(f *vectors.File) { f.Vectors[0].Name = "" }, "name, description and rfc"},
		"a name twice":     {func(f *vectors.File) { f.Vectors = append(f.Vectors, f.Vectors[0]) }, "two vectors"},
		"unknown layer":    {func(f *vectors.File) { f.Vectors[0].Layer = "x" }, "layer"},
		"unknown reason":   {func(f *vectors.File) { f.Vectors[0].Reason = "x" }, "reason"},
		"valid for a flaw": {func(f *vectors.File) { f.Vectors[0].Valid = true }, "reason"},
		"token and recipe": {func(f *vectors.File) { f.Vectors[0].Token = "x" }, "token_recipe"},
		"an endless token": {func(f *vectors.File) { f.Vectors[0].Recipe.Count = 1 << 40 }, "token_recipe"},
	} {
		f := one()
		c.spoil(&f)
		err := f.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestReadAndRun(t *testing.T) {
	t.Parallel()
	dir, f := t.TempDir(), one()
	later := f.Clock.Add(time.Hour)
	f.Vectors = append(f.Vectors, vectors.Vector{
		Name: "wrong", Description: "said to be good", RFC: "RFC 7519", Layer: vectors.Claims, Clock: &later, Token: "x", Valid: true, Reason: vectors.Good,
	})
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(vectors.FileName, text)
	got, err := vectors.Read(dir)
	if err != nil || !got.At(got.Vectors[0]).Equal(f.Clock) || !got.At(got.Vectors[1]).Equal(later) {
		t.Fatalf("%+v, %v", got, err)
	}
	outcomes, err := got.Run(t.Context(), token.Static{})
	if err != nil || !outcomes[0].Right() || outcomes[1].Right() || outcomes[0].Reason != "not three segments" {
		t.Errorf("%+v, %v", outcomes, err)
	}
	if _, err := got.Keys(dir); err == nil {
		t.Error("read keys that are not there")
	}
	put(vectors.FileName, []byte(strings.Replace(string(text), `"layer"`, `"lair"`, 1)))
	if _, err := vectors.Read(dir); err == nil || !strings.Contains(err.Error(), "lair") {
		t.Errorf("an unknown member: %v", err)
	}
}
