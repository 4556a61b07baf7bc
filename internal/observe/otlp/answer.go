package otlp

import (
	"errors"
	"fmt"
	"mime"
	"net/http"

	"google.golang.org/protobuf/encoding/protowire"
)

const mediaProtobuf = "application/x-protobuf"

// Numbers of fields (opentelemetry/proto/collector/trace/v1, google/rpc/status).
const (
	fieldPartialSuccess = 1 // of ExportTraceServiceResponse
	fieldRejectedSpans  = 1 // of ExportTracePartialSuccess
	fieldErrorMessage   = 2 // of ExportTracePartialSuccess
	fieldStatusMessage  = 2 // of google.rpc.Status
)

// partial is an error where a collector that took a batch left some of it, or
// has a warning. Trying again would send the rest twice.
func partial(header http.Header, answer []byte) error {
	if !isProtobuf(header) {
		return nil
	}
	inner, _ := field(answer, fieldPartialSuccess)
	_, rejected := field(inner, fieldRejectedSpans)
	message, _ := field(inner, fieldErrorMessage)
	if rejected == 0 && len(message) == 0 {
		return nil
	}
	return fmt.Errorf("the collector rejects %d spans of a batch: %s", rejected, quoted(message))
}

// said is what a collector that takes nothing says of it; empty where it says
// nothing.
func said(header http.Header, answer []byte) string {
	if isProtobuf(header) {
		answer, _ = field(answer, fieldStatusMessage)
	}
	if len(answer) == 0 {
		return ""
	}
	return ": " + quoted(answer)
}

// quoted is for a log: of one line, and not long.
func quoted(text []byte) string { return fmt.Sprintf("%.300q", text) }

func isProtobuf(header http.Header) bool {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && media == mediaProtobuf
}

// field finds the last field of a number in a message: its bytes, or its
// number. What is no message has none.
func field(message []byte, number protowire.Number) (text []byte, value uint64) {
	for len(message) > 0 {
		n, kind, length := protowire.ConsumeField(message)
		_, _, tag := protowire.ConsumeTag(message)
		if err := errors.Join(protowire.ParseError(length), protowire.ParseError(tag)); err != nil {
			return nil, 0
		}
		if n == number {
			switch kind {
			case protowire.BytesType:
				text, _ = protowire.ConsumeBytes(message[tag:length])
			case protowire.VarintType:
				value, _ = protowire.ConsumeVarint(message[tag:length])
			}
		}
		message = message[length:]
	}
	return text, value
}
