package judge

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Answer says how an answer to an operation's request differs from what the
// document declares. Without an operation it must be a problem document.
func (j *Judge) Answer(operation string, status int, header http.Header, text []byte) error {
	declared := map[string]*jsonschema.Schema{"application/problem+json": j.problem}
	for _, op := range j.operations {
		if op.id == operation {
			var ok bool
			if declared, ok = op.answers[strconv.Itoa(status)]; !ok {
				return fmt.Errorf("%d is not declared", status)
			}
		}
	}
	if len(declared) == 0 {
		if len(text) > 0 {
			return errors.New("the body is not declared")
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	schema := declared[media]
	if err != nil || schema == nil {
		return fmt.Errorf("the media type %q is not declared", header.Get("Content-Type"))
	}
	if !strings.HasSuffix(media, "json") {
		return nil
	}
	value, err := readJSON(text)
	if err != nil {
		return fmt.Errorf("the body %w", err)
	}
	if err := schema.Validate(value); err != nil {
		return flat(err)
	}
	return nil
}

// flat is a validator's error without the address of the schema, on one line.
func flat(err error) error {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	text, marshalErr := json.Marshal(invalid.InstanceLocation)
	if marshalErr != nil {
		return err
	}
	return fmt.Errorf("%s %v", text, invalid.ErrorKind.KeywordPath())
}
