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

var (
	errBodyTooLarge = fault.New(fault.TooLarge, fault.CodeBodyTooLarge,
		"The body may hold "+strconv.Itoa(maxBody)+" bytes.")
	errMediaType = fault.New(fault.UnsupportedMediaType, fault.CodeUnsupportedMediaType,
		"Send application/json in UTF-8, without a Content-Encoding.")
	errHeadersTooLarge = fault.New(fault.HeadersTooLarge, fault.CodeHeadersTooLarge,
		"The request's headers may hold "+strconv.Itoa(maxHeaders)+" bytes.")
)

// readBody reads, checks and parses the request's body and puts it back for
// the handler. parsed is false where there is none. The size is checked before
// anything is parsed, the media type before anything is read.
func readBody(w http.ResponseWriter, r *http.Request, op *Operation) (value any, parsed bool, err error) {
	if r.ContentLength == 0 && len(r.TransferEncoding) == 0 || r.Body == nil || r.Body == http.NoBody {
		if op.bodyRequired {
			if !jsonMedia(r) && r.Header.Get("Content-Type") != "" {
				return nil, false, errMediaType
			}
			return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: "a JSON body is required"})
		}
		return nil, false, nil
	}
	if op.body == nil {
		return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: "this operation takes no body"})
	}
	if len(r.Header.Values("Content-Encoding")) > 0 || !jsonMedia(r) {
		return nil, false, errMediaType
	}
	if r.ContentLength > maxBody {
		return nil, false, errBodyTooLarge
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, false, errBodyTooLarge
		}
		return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: "the body could not be read"}).Because(err)
	}
	if len(text) == 0 && !op.bodyRequired {
		r.Body = http.NoBody
		return nil, false, nil
	}
	value, err = parseStrict(text)
	if err != nil {
		return nil, false, fault.Fields(fault.Field{Pointer: "", Detail: err.Error()})
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	return value, true, nil
}

// jsonMedia reports whether the one Content-Type is application/json, with no
// charset but UTF-8 (RFC 8259, section 8.1).
func jsonMedia(r *http.Request) bool {
	values := r.Header.Values("Content-Type")
	if len(values) != 1 {
		return false
	}
	media, params, err := mime.ParseMediaType(values[0])
	if err != nil || media != "application/json" {
		return false
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}
