package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"
)

//go:embed templates
var embedded embed.FS

// layoutFile holds what the HTML mails share.
const layoutFile = "layout.html"

// Templates render mails. They are safe for concurrent use.
type Templates struct {
	text map[Kind]*texttemplate.Template
	html map[Kind]*htmltemplate.Template
}

// LoadTemplates reads the embedded templates; a file of the same name in dir
// takes one's place ("" is no folder). Each kind is then rendered with sample
// data, so that a broken template is an error at the start, with the file's
// name and the fault, and not at the first mail.
func LoadTemplates(dir string) (*Templates, error) {
	sources, err := readSources(dir)
	if err != nil {
		return nil, fmt.Errorf("mail templates: %w", err)
	}
	t := &Templates{text: map[Kind]*texttemplate.Template{}, html: map[Kind]*htmltemplate.Template{}}
	for _, kind := range Kinds() {
		if err := t.load(kind, sources); err != nil {
			return nil, fmt.Errorf("mail templates: %w", err)
		}
	}
	return t, nil
}

func (t *Templates) load(kind Kind, sources map[string]source) (err error) {
	name := string(kind) + ".txt"
	if t.text[kind], err = texttemplate.New(name).Funcs(functions).Parse(sources[name].text); err != nil {
		return fmt.Errorf("%s: %w", sources[name].path, err)
	}
	layout := htmltemplate.New(layoutFile).Funcs(functions)
	if _, err = layout.Parse(sources[layoutFile].text); err != nil {
		return fmt.Errorf("%s: %w", sources[layoutFile].path, err)
	}
	name = string(kind) + ".html"
	if t.html[kind], err = layout.New(name).Parse(sources[name].text); err != nil {
		return fmt.Errorf("%s: %w", sources[name].path, err)
	}
	for _, data := range samples() {
		if err := t.try(kind, data, sources); err != nil {
			return err
		}
	}
	return nil
}

// try renders a sample. A mail that is about a link must show it, in both
// forms, or a token for a link of the deployer's own.
func (t *Templates) try(kind Kind, data Data, sources map[string]source) error {
	_, text, errText := t.renderText(kind, data)
	html, errHTML := t.renderHTML(kind, data)
	for _, part := range []struct {
		name, content string
		err           error
	}{{string(kind) + ".txt", text, errText}, {string(kind) + ".html", html, errHTML}} {
		err := part.err
		switch {
		case err != nil:
		case strings.TrimSpace(part.content) == "":
			err = errors.New("the mail is empty")
		case kind.hasLink() && !strings.Contains(part.content, sampleToken):
			err = errors.New("the mail shows neither {{.Link}} nor {{.Token}}")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", sources[part.name].path, err)
		}
	}
	return nil
}

// Render writes a mail of this kind. It refuses data that is not what Data says.
func (t *Templates) Render(kind Kind, d Data) (subject, text, html string, err error) {
	if t.text[kind] == nil {
		return "", "", "", errors.New("mail: unknown kind")
	}
	if err := d.check(kind); err != nil {
		return "", "", "", err
	}
	if subject, text, err = t.renderText(kind, d); err != nil {
		return "", "", "", fmt.Errorf("mail: %w", err)
	}
	if html, err = t.renderHTML(kind, d); err != nil {
		return "", "", "", fmt.Errorf("mail: %w", err)
	}
	return subject, text, html, nil
}

var errSubject = errors.New("must begin with a line `Subject: …` and an empty one")

func (t *Templates) renderText(kind Kind, d Data) (subject, text string, err error) {
	var b bytes.Buffer
	if err := t.text[kind].Execute(&b, d); err != nil {
		return "", "", err
	}
	head, text, found := strings.Cut(b.String(), "\n\n")
	subject, named := strings.CutPrefix(head, "Subject: ")
	if subject = strings.TrimSpace(subject); !found || !named || subject == "" || !oneLine(subject) {
		return "", "", errSubject
	}
	return subject, text, nil
}

func (t *Templates) renderHTML(kind Kind, d Data) (string, error) {
	var b bytes.Buffer
	err := t.html[kind].Execute(&b, d)
	return b.String(), err
}

// source is a template's text, and where it comes from, for errors.
type source struct{ text, path string }

// readSources reads the embedded files and, over them, those in dir.
func readSources(dir string) (map[string]source, error) {
	sources := map[string]source{}
	names := []string{layoutFile}
	for _, kind := range Kinds() {
		names = append(names, string(kind)+".txt", string(kind)+".html")
	}
	for _, name := range names {
		text, err := embedded.ReadFile("templates/" + name)
		if err != nil {
			return nil, err
		}
		sources[name] = source{string(text), name}
	}
	if dir == "" {
		return sources, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue // a mounted ConfigMap has ..data beside its files
		}
		path := filepath.Join(dir, entry.Name())
		if !slices.Contains(names, entry.Name()) {
			return nil, fmt.Errorf("%s: there is no such template, only %s", path, strings.Join(names, ", "))
		}
		text, err := readText(path)
		if err != nil {
			return nil, err
		}
		sources[entry.Name()] = source{text, path}
	}
	return sources, nil
}

// readText reads a file that may come from any editor.
func readText(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(raw) {
		return "", fmt.Errorf("%s: is not UTF-8", path)
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(raw), "\uFEFF"), "\r\n", "\n"), nil
}
