package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// Sizes that the contract promises, in bytes.
const (
	maxBody    = 64 << 10
	maxHeaders = 16 << 10
)

// The media types of request bodies.
const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

var (
	errBodyTooLarge = fault.New(fault.TooLarge, fault.CodeBodyTooLarge,
		"The body may hold "+strconv.Itoa(maxBody)+" bytes.")
	errMediaType = fault.New(fault.UnsupportedMediaType, fault.CodeUnsupportedMediaType,
		"Send application/json in UTF-8, without a Content-Encoding.")
	errFormType = fault.New(fault.UnsupportedMediaType, fault.CodeUnsupportedMediaType,
		"Send "+mediaForm+" in UTF-8, without a Content-Encoding.")
	errHeadersTooLarge = fault.New(fault.HeadersTooLarge, fault.CodeHeadersTooLarge,
		"The request's headers may hold "+strconv.Itoa(maxHeaders)+" bytes.")
)

// readBody reads, checks and parses the request's body and puts it back for
// the handler. parsed is false where there is none. The size is checked before
// anything is parsed, the media type before anything is read.
func readBody(w http.ResponseWriter, r *http.Request, op *Operation) (value any, parsed bool, err error) {
	if r.ContentLength == 0 && len(r.TransferEncoding) == 0 || r.Body == nil || r.Body == http.NoBody {
		if op.bodyRequired {
			if r.Header.Get("Content-Type") != "" && !sentAs(r, op.media) {
				return nil, false, op.errMedia()
			}
			return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: "a body of " + op.media + " is required"})
		}
		return nil, false, nil
	}
	if op.body == nil {
		return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: "this operation takes no body"})
	}
	if len(r.Header.Values("Content-Encoding")) > 0 || !sentAs(r, op.media) {
		return nil, false, op.errMedia()
	}
	text, err := readAll(w, r)
	if err != nil {
		return nil, false, err
	}
	if len(text) == 0 && !op.bodyRequired {
		r.Body = http.NoBody
		return nil, false, nil
	}
	if op.media == mediaForm {
		var left string
		value, left, err = parseForm(op.body, text)
		text = []byte(left)
	} else {
		value, err = parseStrict(text)
	}
	if err != nil {
		return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: err.Error()})
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	return value, true, nil
}

func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, errBodyTooLarge
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, errBodyTooLarge
		}
		return nil, fault.Fields(fault.Field{Pointer: "", Detail: "the body could not be read"}).Because(err)
	}
	return text, nil
}

func (op *Operation) errMedia() error {
	if op.media == mediaForm {
		return errFormType
	}
	return errMediaType
}

// sentAs reports whether the one Content-Type is the wanted one, with no charset
// but UTF-8 (RFC 8259, section 8.1; RFC 6749, appendix B).
func sentAs(r *http.Request, wanted string) bool {
	values := r.Header.Values("Content-Type")
	if len(values) != 1 {
		return false
	}
	media, params, err := mime.ParseMediaType(values[0])
	if err != nil || media != wanted || strings.Contains(values[0], "*") { // of RFC 2231's parameters mime drops what it can't join
		return false
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}
