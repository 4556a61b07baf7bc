// Package otlp sends spans to an OpenTelemetry collector: OTLP over HTTP in
// protobuf, as the OTLP specification 1 has it, with the exporter's variables of
// the OpenTelemetry specification. OpenTelemetry's own otlptracehttp does the same
// and brings gRPC, 6 MB of each program (docs/decisions/0013).
package otlp
