package hammer

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// draft is a request in parts, so that it can be changed and made smaller.
type draft struct {
	op     *operation
	method string
	path   string   // escaped
	query  []string // name=value, escaped
	header http.Header
	media  []string // values of Content-Type
	// body is an object, or any other value as JSON; pairs of a form; nil for none.
	body any
	// raw is the body's text where it is not what body gives.
	raw     []byte
	chunked bool
	// as is the caller's name; see callers.
	as      string
	changed []string // names of the mutations
}

// form are the pairs of a form, escaped.
type form []string

func (d *draft) clone() *draft {
	c := *d
	c.query, c.media, c.changed = slices.Clone(d.query), slices.Clone(d.media), slices.Clone(d.changed)
	c.header = d.header.Clone()
	if pairs, ok := d.body.(form); ok {
		c.body = slices.Clone(pairs)
	}
	return &c
}

// text is the body as it is sent.
func (d *draft) text() []byte {
	switch body := d.body.(type) {
	case nil:
		return d.raw
	case form:
		if d.raw == nil {
			return []byte(strings.Join(body, "&"))
		}
	default:
		if d.raw == nil {
			return textOf(body)
		}
	}
	return d.raw
}

// target is path and query as they are sent.
func (d *draft) target() string {
	if len(d.query) == 0 {
		return d.path
	}
	return d.path + "?" + strings.Join(d.query, "&")
}

// request puts a draft on the wire.
func (d *draft) request(c caller) judge.Request {
	r := judge.Request{Method: d.method, Target: d.target(), Header: maps.Clone(d.header), Body: d.text(), Chunked: d.chunked, Bearer: c.standing}
	if shown := c.shows; shown != nil {
		r.Header["Authorization"] = shown
	}
	if len(d.media) > 0 {
		r.Header["Content-Type"] = d.media
	}
	return r
}

// valid makes a request that fits the document.
func (h hints) valid(d *dice, op *operation, as string) *draft {
	r := &draft{op: op, method: op.method, path: op.path, header: http.Header{}, as: as}
	for _, p := range op.params {
		part := d.of(p.In + "." + p.Name)
		if !p.Required && !part.percent(40) {
			continue
		}
		text := h.textOf(part, p)
		switch p.In {
		case openapi3.ParameterInPath:
			r.path = strings.Replace(r.path, "{"+p.Name+"}", url.PathEscape(text), 1)
		case openapi3.ParameterInQuery:
			r.query = append(r.query, p.Name+"="+url.QueryEscape(text))
		case openapi3.ParameterInHeader:
			r.header.Set(p.Name, text)
		case openapi3.ParameterInCookie:
			r.header.Set("Cookie", p.Name+"="+text)
		}
	}
	if op.body == nil || !op.bodyRequired && !d.percent(70) {
		return r
	}
	r.media = []string{op.media}
	body := h.valueOf(d.of("body"), "", op.body)
	if r.body = body; op.media == mediaForm {
		r.body = formOf(body.(object))
	}
	return r
}

// textOf is a parameter's text. What a header can hold is less than what a
// string can.
func (h hints) textOf(d *dice, p *openapi3.Parameter) string {
	s := *p.Schema.Value
	if (p.In == openapi3.ParameterInHeader || p.In == openapi3.ParameterInCookie) && s.Pattern == "" {
		s.Pattern = "^[0-9A-Za-z._-]+$"
	}
	return plainOf(h.valueOf(d, p.Name, &s))
}

func formOf(o object) form {
	pairs := form{}
	for _, m := range o {
		pairs = append(pairs, m.name+"="+url.QueryEscape(plainOf(m.value)))
	}
	return pairs
}

// plainOf is a value as a parameter has it.
func plainOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case literal:
		return string(value)
	}
	return string(textOf(value))
}
