package httpapi

import (
	"encoding/json"
	"errors"
	"regexp"
)

// The link from one service's document to the other's, as api/bundle writes
// it. The texts are edited rather than written anew, which would cost them
// their order and their comments.
var (
	linkInJSON    = regexp.MustCompile(`(?m)^ "externalDocs": \{\n(?:  .*\n)+ \},\n`)
	linkInYAML    = regexp.MustCompile(`(?m)^externalDocs:\n(?: .*\n)+`)
	addressInJSON = regexp.MustCompile(`(?m)^  "url": .*$`)
	addressInYAML = regexp.MustCompile(`(?m)^  url: .*$`)
)

// LoadLinkedSpec is LoadSpec with the address of the other service's document
// in place of the one that `latchkey up` would have; empty leaves no link.
func LoadLinkedSpec(jsonText, yamlText []byte, other string) (*Spec, error) {
	linkedJSON, errJSON := linked(jsonText, linkInJSON, addressInJSON, `  "url": `, other)
	linkedYAML, errYAML := linked(yamlText, linkInYAML, addressInYAML, `  url: `, other)
	if err := errors.Join(errJSON, errYAML); err != nil {
		return nil, err
	}
	return LoadSpec(linkedJSON, linkedYAML)
}

// linked puts another address into the one link of a text, or takes the link
// out. A JSON string is one in YAML too.
func linked(text []byte, link, address *regexp.Regexp, member, other string) ([]byte, error) {
	found := link.FindAllIndex(text, -1)
	if len(found) != 1 || len(address.FindAll(text[found[0][0]:found[0][1]], -1)) != 1 {
		return nil, errors.New("openapi document: externalDocs is not as api/bundle writes it")
	}
	quoted, err := json.Marshal(other)
	if err != nil {
		return nil, err
	}
	return link.ReplaceAllFunc(text, func(block []byte) []byte {
		if other == "" {
			return nil
		}
		return address.ReplaceAllLiteral(block, append([]byte(member), quoted...))
	}), nil
}
