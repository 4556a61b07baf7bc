package main

import (
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"
)

const sharedPrefix = "./shared.yaml#/components/"

// bundler copies shared components into a document as references to them are
// met, and turns the references into local ones.
type bundler struct {
	doc, shared *yaml.Node
}

// inline walks node and everything that it brings in.
func (b *bundler) inline(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		if ref := member(node, "$ref"); ref != nil && ref.Kind == yaml.ScalarNode {
			return b.resolve(ref)
		}
	}
	for _, child := range node.Content {
		if err := b.inline(child); err != nil {
			return err
		}
	}
	return nil
}

func (b *bundler) resolve(ref *yaml.Node) error {
	path, ok := strings.CutPrefix(ref.Value, sharedPrefix)
	if !ok {
		return nil
	}
	kind, name, ok := strings.Cut(path, "/")
	if !ok {
		return fmt.Errorf("line %d: odd reference %s", ref.Line, ref.Value)
	}
	ref.Value = "#/components/" + path
	ref.Style = yaml.DoubleQuotedStyle
	target := ensure(ensure(b.doc, "components"), kind)
	if member(target, name) != nil {
		return nil
	}
	source := member(member(member(b.shared, "components"), kind), name)
	if source == nil {
		return fmt.Errorf("line %d: %s is not in shared.yaml", ref.Line, path)
	}
	copied := expand(source)
	localize(copied)
	target.Content = append(target.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, copied)
	return b.inline(copied)
}

// localize marks references inside a shared component as shared ones, so that
// inline brings in what they name.
func localize(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		if ref := member(node, "$ref"); ref != nil {
			ref.Value = strings.Replace(ref.Value, "#/components/", sharedPrefix, 1)
			return
		}
	}
	for _, child := range node.Content {
		localize(child)
	}
}

// expand returns a deep copy without aliases and anchors.
func expand(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return expand(node.Alias)
	}
	copied := *node
	copied.Anchor = ""
	copied.Content = nil
	for _, child := range node.Content {
		copied.Content = append(copied.Content, expand(child))
	}
	return &copied
}

func member(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// members are a mapping's keys and values, in the order written.
func members(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(content(node)); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// content is what a node holds; one that is absent holds nothing.
func content(node *yaml.Node) []*yaml.Node {
	if node == nil {
		return nil
	}
	return node.Content
}

func ensure(node *yaml.Node, key string) *yaml.Node {
	if found := member(node, key); found != nil {
		return found
	}
	made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, made)
	return made
}
