package main

import (
	"strings"
)

// The parts of Postman's Collection Format v2.1 that are used here.
type (
	collection struct {
		Info     collectionInfo `json:"info"`
		Auth     postmanAuth    `json:"auth"`
		Item     []any          `json:"item"` // folders, in them folders and requests
		Variable []keyValue     `json:"variable"`
	}
	collectionInfo struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
	}
	folder struct {
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
		Item        []any  `json:"item"`
	}
	requestItem struct {
		Name     string         `json:"name"`
		Event    []event        `json:"event,omitempty"`
		Request  postmanRequest `json:"request"`
		Response []any          `json:"response"`
	}
	event struct {
		Listen string `json:"listen"`
		Script script `json:"script"`
	}
	script struct {
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
	postmanRequest struct {
		Method      string       `json:"method"`
		Description string       `json:"description"`
		Auth        *postmanAuth `json:"auth,omitempty"`
		Header      []keyValue   `json:"header"`
		URL         postmanURL   `json:"url"`
		Body        *postmanBody `json:"body,omitempty"`
	}
	postmanURL struct {
		Raw   string     `json:"raw"`
		Host  []string   `json:"host"`
		Path  []string   `json:"path"`
		Query []keyValue `json:"query,omitempty"`
	}
	postmanBody struct {
		Mode       string         `json:"mode"`
		Raw        string         `json:"raw,omitempty"`
		Options    map[string]any `json:"options,omitempty"`
		URLEncoded []keyValue     `json:"urlencoded,omitempty"`
	}
	postmanAuth struct {
		Type   string     `json:"type"`
		Bearer []keyValue `json:"bearer,omitempty"`
		Basic  []keyValue `json:"basic,omitempty"`
	}
	keyValue struct {
		Key         string `json:"key"`
		Value       string `json:"value"`
		Type        string `json:"type,omitempty"`
		Description string `json:"description,omitempty"`
		Disabled    bool   `json:"disabled,omitempty"`
	}
)

const postmanSchema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// keepTokens is run by Postman, Bruno and Insomnia after an answer that holds
// tokens: the requests that follow use them.
var keepTokens = event{Listen: "test", Script: script{Type: "text/javascript", Exec: []string{
	"if (pm.response.code === 200) {",
	"  const grant = pm.response.json();",
	"  pm.collectionVariables.set('access_token', grant.access_token);",
	"  if (grant.refresh_token) pm.collectionVariables.set('refresh_token', grant.refresh_token);",
	"}",
}}}

// postman is both services' requests as one collection, a folder per service
// and tag.
func postman(documents []*document) ([]byte, error) {
	made := collection{
		Info: collectionInfo{Name: "latchkey", Schema: postmanSchema, Description: "A request for each operation of both services, with the specifications' examples. Made by api/consumers. Run login first: what follows uses its tokens."},
		Auth: postmanAuth{Type: "bearer", Bearer: []keyValue{{Key: "token", Value: "{{access_token}}", Type: "string"}}},
	}
	var all variables
	for _, d := range documents {
		service := folder{Name: d.doc.Info.Title}
		for _, tag := range d.doc.Tags {
			under := folder{Name: tag.Name, Description: tag.Description}
			for _, s := range d.samples {
				if s.spec.Tags[0] == tag.Name {
					under.Item = append(under.Item, s.postman())
				}
			}
			service.Item = append(service.Item, under)
		}
		made.Item = append(made.Item, service)
		for _, v := range d.variables {
			all.add(v.name, v.value)
		}
	}
	for _, v := range all {
		made.Variable = append(made.Variable, keyValue{Key: v.name, Value: v.value, Type: "string"})
	}
	text, err := indented(made)
	return []byte(text + "\n"), err
}

func (s *sample) postman() requestItem {
	segments := strings.Split(s.url, "/")
	made := requestItem{Name: s.spec.OperationID, Response: []any{}, Request: postmanRequest{
		Method: s.method, Description: s.spec.Summary + ".\n\n" + s.spec.Description, Header: []keyValue{},
		URL: postmanURL{Raw: s.url, Host: segments[:1], Path: segments[1:]},
	}}
	r := &made.Request
	switch s.auth {
	case authNone:
		r.Auth = &postmanAuth{Type: "noauth"}
	case authBasic:
		r.Auth = &postmanAuth{Type: "basic", Basic: []keyValue{
			{Key: "username", Value: "{{client_id}}", Type: "string"}, {Key: "password", Value: "{{client_secret}}", Type: "string"},
		}}
	}
	for _, f := range s.query {
		r.URL.Query = append(r.URL.Query, keyValue{Key: f.name, Value: f.value, Description: f.description, Disabled: true})
	}
	for _, f := range s.headers {
		r.Header = append(r.Header, keyValue{Key: f.name, Value: f.value, Description: f.description})
	}
	for _, f := range s.optional {
		r.Header = append(r.Header, keyValue{Key: f.name, Value: f.value, Description: f.description, Disabled: true})
	}
	if s.json != "" {
		r.Header = append(r.Header, keyValue{Key: "Content-Type", Value: s.media})
		r.Body = &postmanBody{Mode: "raw", Raw: s.json, Options: map[string]any{"raw": map[string]any{"language": "json"}}}
	}
	if s.form != nil {
		r.Body = &postmanBody{Mode: "urlencoded"}
		for _, f := range s.form {
			r.Body.URLEncoded = append(r.Body.URLEncoded, keyValue{Key: f.name, Value: f.value})
		}
	}
	if s.grants() {
		made.Event = []event{keepTokens}
	}
	return made
}

// grants says whether an answer holds an access token.
func (s *sample) grants() bool {
	ok := s.spec.Responses.Value("200")
	if ok == nil || ok.Value.Content.Get("application/json") == nil {
		return false
	}
	return ok.Value.Content.Get("application/json").Schema.Value.Properties["access_token"] != nil
}
