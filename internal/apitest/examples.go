package apitest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Scene is the state that an operation's examples speak of, once it has been
// brought about, and what a request has in the place of what an example can't
// know: ids, and tokens that were issued a moment ago.
type Scene struct {
	Client *Client // nil is the service's own
	Token  string
	Header http.Header
	// Path, Query and Body replace examples by name. An empty Query leaves a
	// parameter out.
	Path, Query map[string]string
	Body        Body
}

// AboutNow is the Query of a scene whose events have just happened, with one
// more parameter: the days of an example pass.
func AboutNow(name, value string) map[string]string {
	now := time.Now().UTC()
	return map[string]string{
		name: value, "since": now.Add(-time.Hour).Format(time.RFC3339), "until": now.Add(time.Hour).Format(time.RFC3339),
	}
}

// show is one example of an answer. Its name is the operation's id, with what
// tells it from the operation's others: its own name, its status or media type.
type show struct {
	name    string
	status  int
	media   string // empty where there is no body
	example any
}

// shows lists an operation's examples of success.
func (o Operation) shows() (all []show) {
	successes := 0
	for _, status := range o.Statuses() {
		code, _ := strconv.Atoi(status)
		if code >= http.StatusMultipleChoices {
			continue
		}
		successes++
		content := o.Spec.Responses.Value(status).Value.Content
		if len(content) == 0 {
			all = append(all, show{status: code})
		}
		for _, media := range slices.Sorted(maps.Keys(content)) {
			named := content[media].Examples
			for _, name := range slices.Sorted(maps.Keys(named)) {
				all = append(all, show{name, code, media, named[name].Value.Value})
			}
			if len(named) == 0 {
				all = append(all, show{"", code, media, content[media].Example})
			}
		}
	}
	for i, s := range all {
		switch {
		case len(all) == 1:
			all[i].name = o.ID
		case s.name != "":
			all[i].name = o.ID + " " + s.name
		case successes > 1:
			all[i].name = o.ID + " " + strconv.Itoa(s.status)
		default:
			all[i].name = o.ID + " " + s.media
		}
	}
	return all
}

// PlayExamples sends the examples of every operation of a service, as requests
// of the scenes that they speak of, and holds the answers against the examples
// of answers: the same status, members and values, but for what is made anew
// each time. Every example has a scene, by its name.
func PlayExamples(t *testing.T, c *Client, service string, scenes map[string]func(*testing.T) Scene) {
	t.Helper()
	unused := maps.Clone(scenes)
	for _, o := range Operations(service) {
		for _, show := range o.shows() {
			scene := scenes[show.name]
			delete(unused, show.name)
			if scene == nil {
				t.Errorf("%s has no scene: say in which state its example is true", show.name)
				continue
			}
			t.Run(show.name, func(t *testing.T) { o.play(t, c, show, scene(t)) })
		}
	}
	for name := range unused {
		t.Errorf("%s is no example of the specification", name)
	}
}

func (o Operation) play(t *testing.T, c *Client, show show, scene Scene) {
	t.Helper()
	if scene.Client != nil {
		c = scene.Client
	}
	answer := c.Do(t, o.request(scene))
	if answer.Status != show.status {
		t.Fatalf("answers %d, want %d\n%s", answer.Status, show.status, answer.Body)
	}
	if show.media == "" {
		return
	}
	if show.example == nil {
		t.Fatalf("has no example; it answers\n%s", answer.Body)
	}
	for _, difference := range differences(show, answer.Body) {
		t.Errorf("the example is not true: %s\n%.1000s", difference, answer.Body)
	}
}

// request is the example with what the scene puts in its place.
func (o Operation) request(scene Scene) Request {
	r := o.Sample(scene.Token)
	r.Path, r.Header = o.Path, http.Header{}
	query := url.Values{}
	for _, ref := range o.Spec.Parameters {
		p := ref.Value
		switch value := fmt.Sprint(p.Example); {
		case p.In == openapi3.ParameterInPath:
			if other, ok := scene.Path[p.Name]; ok {
				value = other
			}
			r.Path = strings.ReplaceAll(r.Path, "{"+p.Name+"}", url.PathEscape(value))
		case p.Example == nil:
		case p.In == openapi3.ParameterInQuery:
			query.Set(p.Name, value)
		case p.In == openapi3.ParameterInHeader:
			r.Header.Set(p.Name, value)
		}
	}
	for name, value := range scene.Query {
		query.Set(name, value)
		if value == "" {
			query.Del(name)
		}
	}
	if len(query) > 0 {
		r.Path += "?" + query.Encode()
	}
	maps.Copy(r.Header, scene.Header)
	switch body := r.Body.(type) {
	case url.Values:
		for name, value := range scene.Body {
			body.Set(name, fmt.Sprint(value))
		}
	case map[string]any:
		other := maps.Clone(body)
		maps.Copy(other, scene.Body)
		r.Body = other
	}
	return r
}
