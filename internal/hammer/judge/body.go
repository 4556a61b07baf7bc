package judge

import (
	"net/http"
	"regexp"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// body is what an operation takes; media is empty where it takes none.
type body struct {
	media    string
	required bool
	schema   *jsonschema.Schema
	members  map[string]*jsonschema.Schema
}

const form = "application/x-www-form-urlencoded"

// medias are how a Content-Type may be written (RFC 9110, section 8.3.1), with
// no parameter but the one charset that there is.
var medias = map[string]*regexp.Regexp{
	"application/json": regexp.MustCompile(`^(?i)application/json[ \t]*(;[ \t]*(charset=(utf-8|"utf-8"))?[ \t]*)*$`),
	form:               regexp.MustCompile(`^(?i)application/x-www-form-urlencoded[ \t]*(;[ \t]*(charset=(utf-8|"utf-8"))?[ \t]*)*$`),
}

// read gives the body's value, if one was sent.
func (b body) read(r Request) (value any, sent bool, no *refusal) {
	types := r.Header.Values("Content-Type")
	right := b.media != "" && len(types) == 1 && medias[b.media].MatchString(types[0])
	if len(r.Body) == 0 && !r.Chunked {
		switch {
		case !b.required:
			return nil, false, nil
		case len(types) > 0 && types[0] != "" && !right:
			return nil, false, refuse(http.StatusUnsupportedMediaType, "no body, and another type of it")
		}
		return nil, false, refuse(http.StatusBadRequest, "no body")
	}
	switch {
	case b.media == "":
		return nil, false, refuse(http.StatusBadRequest, "it takes no body")
	case !right || len(r.Header.Values("Content-Encoding")) > 0:
		return nil, false, refuse(http.StatusUnsupportedMediaType, "the body is not sent as plain %s", b.media)
	case len(r.Body) > maxBody:
		return nil, false, refuse(http.StatusRequestEntityTooLarge, "the body is over 64 KiB")
	}
	var err error
	if b.media == form {
		value, err = readForm(string(r.Body), b.members)
	} else {
		value, err = readJSON(r.Body)
	}
	if err != nil {
		return nil, false, refuse(http.StatusBadRequest, "body: %v", err)
	}
	return value, true, nil
}
