package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// toJSON renders a YAML tree as indented JSON, members in the order written.
func toJSON(node *yaml.Node) ([]byte, error) {
	var compact bytes.Buffer
	if err := encode(&compact, node); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact.Bytes(), "", " "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func encode(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.MappingNode:
		return encodeMapping(out, node)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, child := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := encode(out, child); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		return encodeScalar(out, node)
	}
	return fmt.Errorf("line %d: unexpected kind of node", node.Line)
}

func encodeMapping(out *bytes.Buffer, node *yaml.Node) error {
	out.WriteByte('{')
	for i := 0; i+1 < len(node.Content); i += 2 {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encodeValue(out, node.Content[i].Value); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := encode(out, node.Content[i+1]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func encodeScalar(out *bytes.Buffer, node *yaml.Node) error {
	if node.Tag == "!!str" || node.Tag == "!!timestamp" {
		return encodeValue(out, node.Value)
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return err
	}
	return encodeValue(out, value)
}

func encodeValue(out *bytes.Buffer, value any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
