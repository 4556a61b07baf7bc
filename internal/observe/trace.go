package observe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/latchkey-id/latchkey/internal/observe/otlp"
)

// Tracing makes spans and sends them on by OTLP over HTTP. A nil *Tracing makes
// none, and still passes on the trace that a request comes with (W3C Trace
// Context), so that a service that is not traced breaks nobody's trace.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// scope names who makes the spans.
const scope = "github.com/latchkey-id/latchkey"

var propagator = propagation.TraceContext{}

// NewTracing starts to trace a service to an OTLP endpoint, such as
// http://collector:4318/v1/traces; nil where endpoint is empty. Sampling,
// headers, timeouts and batches are as the environment has them
// (OpenTelemetry's OTEL_… variables). A collector that does not answer slows
// nothing down: its spans are dropped, and the log has a line now and then.
func NewTracing(ctx context.Context, service, endpoint string, log *slog.Logger) (*Tracing, error) {
	if endpoint == "" {
		return nil, nil
	}
	client, err := otlp.New(endpoint, os.Getenv, log)
	if err != nil {
		return nil, fmt.Errorf("%s: traces: %w", service, err)
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("%s: traces: %w", service, err)
	}
	ours := resource.NewSchemaless(attribute.String("service.name", "latchkey-"+service), attribute.String("service.namespace", "latchkey"))
	described, err := resource.Merge(ours, resource.Environment()) // OTEL_SERVICE_NAME wins
	if err != nil {
		return nil, fmt.Errorf("%s: OTEL_RESOURCE_ATTRIBUTES: %w", service, err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("traces", slog.String("error", err.Error()))
	}))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
	return &Tracing{provider: provider, tracer: provider.Tracer(scope)}, nil
}

// Stop sends what is left, for as long as ctx has it.
func (t *Tracing) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// SQL makes a span of each statement, named after its query; neither the text
// nor a value is in it. Nil where nothing is traced.
func (t *Tracing) SQL() pgx.QueryTracer {
	if t == nil {
		return nil
	}
	return otelpgx.NewTracer(
		otelpgx.WithTracerProvider(t.provider), otelpgx.WithSpanNameFunc(QueryName),
		otelpgx.WithDisableSQLStatementInAttributes(), otelpgx.WithDisableConnectionDetailsInAttributes(),
	)
}

// SQLTracers joins the tracers that are not nil; nil where all are.
func SQLTracers(tracers ...pgx.QueryTracer) pgx.QueryTracer {
	var some []pgx.QueryTracer
	for _, t := range tracers {
		if t != nil {
			some = append(some, t)
		}
	}
	switch len(some) {
	case 0:
		return nil
	case 1:
		return some[0]
	}
	return multitracer.New(some...)
}

// Request is the trace of one request.
type Request struct {
	span trace.Span
	// TraceID is the trace that the request belongs to, in hexadecimal; empty
	// where it belongs to none.
	TraceID string
}

// Begin joins the trace that a request comes with, or begins one.
func (t *Tracing) Begin(r *http.Request) (context.Context, Request) {
	ctx := r.Context()
	if r.Header.Get("traceparent") != "" {
		ctx = propagator.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	if t == nil {
		return ctx, Request{TraceID: idOf(trace.SpanContextFromContext(ctx))}
	}
	ctx, span := t.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", r.Method)))
	return ctx, Request{span: span, TraceID: idOf(span.SpanContext())}
}

func idOf(c trace.SpanContext) string {
	if !c.HasTraceID() {
		return ""
	}
	return c.TraceID().String()
}

// Sampled gives the trace's id where its spans are kept, else "".
func (r Request) Sampled() string {
	if r.span == nil || !r.span.SpanContext().IsSampled() {
		return ""
	}
	return r.TraceID
}

// End ends the request's span: it is named after the operation, or the method
// where there is none.
func (r Request) End(operationID, route, requestID string, status int, err error) {
	if r.span == nil || !r.span.IsRecording() {
		return
	}
	if operationID != "" {
		r.span.SetName(operationID)
	}
	r.span.SetAttributes(
		attribute.String("http.route", route), attribute.Int("http.response.status_code", status), attribute.String("latchkey.request_id", requestID))
	if status >= http.StatusInternalServerError {
		text := ""
		if err != nil {
			text = err.Error()
		}
		r.span.SetStatus(codes.Error, text)
	}
	r.span.End()
}

// Call makes the span of a call to another service, and header carry it on.
// What it returns ends the span.
func (t *Tracing) Call(ctx context.Context, operationID string) (context.Context, func(status int, err error)) {
	if t == nil {
		return ctx, func(int, error) {}
	}
	ctx, span := t.tracer.Start(ctx, operationID, trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(status int, err error) {
		if status != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", status))
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}

// Carry writes the trace of ctx into the headers of a request to be sent.
func Carry(ctx context.Context, header http.Header) {
	propagator.Inject(ctx, propagation.HeaderCarrier(header))
}
