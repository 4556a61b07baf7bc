package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"
)

// specLink is the form of the link from one service's document to the other's, as
// api/bundle writes it: a block of lines. The texts are edited rather than
// written anew, which would cost them their order and their comments; by lines,
// as a regular expression takes 17 ms for the two.
type specLink struct {
	begin, inside, end string // lines, and what those between begin with
	address            string // what the address's line begins with
}

var (
	linkInJSON = specLink{begin: " \"externalDocs\": {\n", inside: "  ", end: " },\n", address: `  "url": `}
	linkInYAML = specLink{begin: "externalDocs:\n", inside: " ", address: "  url: "}
)

// LoadLinkedSpec is LoadSpec with the address of the other service's document
// in place of the one that `latchkey up` would have; empty leaves no link.
func LoadLinkedSpec(jsonText, yamlText []byte, other string) (*Spec, error) {
	linkedJSON, errJSON := linked(jsonText, linkInJSON, other)
	linkedYAML, errYAML := linked(yamlText, linkInYAML, other)
	if err := errors.Join(errJSON, errYAML); err != nil {
		return nil, err
	}
	return LoadSpec(linkedJSON, linkedYAML)
}

// BeginLinkedSpec begins LoadLinkedSpec, to go on while a database is asked;
// what it returns waits for it.
func BeginLinkedSpec(jsonText, yamlText []byte, other string) (wait func() (*Spec, error)) {
	load := sync.OnceValues(func() (*Spec, error) { return LoadLinkedSpec(jsonText, yamlText, other) })
	go func() { _, _ = load() }()
	return load
}

// linked puts another address into the one link of a text, or takes the link
// out. A JSON string is one in YAML too.
func linked(text []byte, form specLink, other string) ([]byte, error) {
	quoted, err := json.Marshal(other)
	if err != nil {
		return nil, err
	}
	made := make([]byte, 0, len(text)+len(quoted))
	links, addresses, ends, inside := 0, 0, 0, false
	for line := range bytes.Lines(text) {
		of := inside
		switch {
		case string(line) == form.begin:
			links, inside, of = links+1, true, true
		case inside && bytes.HasPrefix(line, []byte(form.address)):
			addresses++
			line = append(append([]byte(form.address), quoted...), '\n')
		case inside && !bytes.HasPrefix(line, []byte(form.inside)):
			inside, of = false, form.end != ""
			if !of || string(line) == form.end {
				ends++
			}
		}
		if !of || other != "" {
			made = append(made, line...)
		}
	}
	if links != 1 || addresses != 1 || (ends != 1 && form.end != "") {
		return nil, errors.New("openapi document: externalDocs is not as api/bundle writes it")
	}
	return made, nil
}
