package vectors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// FileName is the name of the file with the vectors.
const FileName = "vectors.json"

// File is what a file of vectors holds.
type File struct {
	Description   string    `json:"description"`
	Issuer        string    `json:"issuer"`         // what the verifier expects in iss
	Audience      string    `json:"audience"`       // what it expects in aud
	LeewaySeconds int       `json:"leeway_seconds"` // by which clocks may differ
	Clock         time.Time `json:"clock"`          // when the verifier looks
	JWKS          string    `json:"jwks"`           // the key set's file, in the same folder
	Vectors       []Vector  `json:"vectors"`
}

// Vector is one token and the verdict on it.
type Vector struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	RFC         string     `json:"rfc"`                    // where the rule is
	Layer       Layer      `json:"layer"`                  // which decides
	Clock       *time.Time `json:"clock,omitempty"`        // in place of the file's
	Token       string     `json:"token"`                  // empty where there is a recipe
	Recipe      *Recipe    `json:"token_recipe,omitempty"` // for tokens that are too long to write down
	Valid       bool       `json:"valid"`
	Reason      Reason     `json:"reason"`
}

// Recipe makes a token of Count repetitions of Repeat between Prefix and Suffix.
type Recipe struct {
	Prefix string `json:"prefix,omitempty"`
	Repeat string `json:"repeat"`
	Count  int    `json:"count"`
	Suffix string `json:"suffix,omitempty"`
}

// Layer is whose rule decides about a vector.
type Layer string

// The layers, from the outside in.
const (
	JWS     Layer = "jws"     // the signature and its form: RFC 7515, RFC 7518, RFC 8725
	Claims  Layer = "claims"  // the registered claims: RFC 7519
	Profile Layer = "profile" // access tokens: RFC 9068, and latchkey's own rules
)

// Reason is why a token gets its verdict, for those who compare more than the
// verdict. Verifiers may look in another order; but each vector is wrong in one
// thing, as far as that is possible.
type Reason string

// The reasons. All but Good refuse.
const (
	Good      Reason = "good"
	TooLong   Reason = "too_long"  // more than 8192 bytes
	Form      Reason = "form"      // not three segments of base64url
	Header    Reason = "header"    // not a JSON object, duplicate or forbidden members
	Algorithm Reason = "algorithm" // none of the three, or not the key's
	Type      Reason = "type"      // typ is not at+jwt
	KeyID     Reason = "kid"       // not a kid, or of no key in the set
	Signature Reason = "signature" // does not hold under the key
	Payload   Reason = "payload"   // not a JSON object, duplicate members, claims missing or of the wrong type
	Issuer    Reason = "issuer"
	Audience  Reason = "audience"
	Expired   Reason = "expired"
	NotYet    Reason = "not_yet" // nbf or iat lies in the future
)

var (
	layers  = []Layer{JWS, Claims, Profile}
	reasons = []Reason{Good, TooLong, Form, Header, Algorithm, Type, KeyID, Signature, Payload, Issuer, Audience, Expired, NotYet}
)

// maxToken bounds what a recipe may make, in bytes.
const maxToken = 16 << 20

// Compact gives the token itself.
func (v Vector) Compact() string {
	if r := v.Recipe; r != nil {
		return r.Prefix + strings.Repeat(r.Repeat, r.Count) + r.Suffix
	}
	return v.Token
}

// At gives the moment that the vector is looked at.
func (f File) At(v Vector) time.Time {
	if v.Clock != nil {
		return *v.Clock
	}
	return f.Clock
}

// Read reads the vectors of a folder. Members that it does not know are an
// error: a vector that is half understood proves nothing.
func Read(dir string) (File, error) {
	var f File
	path := filepath.Join(dir, FileName)
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.Check(); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Check says what makes no sense in a file.
func (f File) Check() error {
	if f.Issuer == "" || f.Audience == "" || f.Clock.IsZero() || f.LeewaySeconds < 0 || len(f.Vectors) == 0 {
		return errors.New("issuer, audience, clock and vectors are required")
	}
	if f.JWKS == "" || filepath.Base(f.JWKS) != f.JWKS {
		return errors.New("jwks must name a file in the same folder")
	}
	seen := map[string]bool{}
	for i, v := range f.Vectors {
		if err := v.check(); err != nil {
			return fmt.Errorf("vector %d (%q): %w", i, v.Name, err)
		}
		if seen[v.Name] {
			return fmt.Errorf("there are two vectors %q", v.Name)
		}
		seen[v.Name] = true
	}
	return nil
}

func (v Vector) check() error {
	switch {
	case v.Name == "" || v.Description == "" || v.RFC == "":
		return errors.New("name, description and rfc are required")
	case !slices.Contains(layers, v.Layer):
		return errors.New("layer is unknown")
	case !slices.Contains(reasons, v.Reason) || v.Valid != (v.Reason == Good):
		return errors.New("reason is unknown or does not go with valid")
	case v.Recipe != nil && (v.Token != "" || v.Recipe.Count < 0 || v.Recipe.Repeat == "" || v.Recipe.Count > maxToken/len(v.Recipe.Repeat)):
		return errors.New("token_recipe makes no token")
	}
	return nil
}
