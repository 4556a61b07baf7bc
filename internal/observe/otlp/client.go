package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Client sends batches of spans; it is the otlptrace.Client of an exporter.
type Client struct {
	endpoint string
	settings settings
	http     *http.Client
	stopped  context.Context // done once Stop was called
	stop     context.CancelFunc
	pace     pace
}

// New makes a client of an endpoint, such as http://collector:4318/v1/traces,
// which is taken as it is. What else there is to say, getenv says:
// OTEL_EXPORTER_OTLP_ with HEADERS, TIMEOUT (milliseconds, of one attempt),
// COMPRESSION, CERTIFICATE, CLIENT_CERTIFICATE and CLIENT_KEY, and the same with
// OTEL_EXPORTER_OTLP_TRACES_, which wins. A value that is none is logged and
// ignored; an error is an endpoint or a certificate that can't be used.
func New(endpoint string, getenv func(string) string, log *slog.Logger) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the endpoint is not an http or https URL")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	s, err := environment{getenv, log}.settings()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = s.tls
	c := &Client{endpoint: u.String(), settings: s, http: &http.Client{Transport: transport, Timeout: s.timeout}, pace: usualPace}
	c.stopped, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// Start does nothing: the first batch opens the connection.
func (c *Client) Start(context.Context) error { return nil }

// Stop ends a batch that is under way, and waits for nothing.
func (c *Client) Stop(context.Context) error {
	c.stop()
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends a batch, again where the collector is away or asks for it.
// An error is of a batch that was not taken, or not as a whole; it has the
// endpoint and what the collector says, and none of the headers.
func (c *Client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.stopped, cancel)()
	body, err := c.encode(spans)
	if err != nil {
		return err
	}
	return c.pace.do(ctx, func() error { return c.post(ctx, body) })
}

// encode makes an ExportTraceServiceRequest: its one field is TracesData's. Its
// own Go type is in a package that imports gRPC.
func (c *Client) encode(spans []*tracepb.ResourceSpans) ([]byte, error) {
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil || !c.settings.gzip {
		return body, err
	}
	small := zippers.Get().(*gzip.Writer)
	defer zippers.Put(small)
	var into bytes.Buffer
	small.Reset(&into)
	_, err = small.Write(body)
	err = errors.Join(err, small.Close())
	return into.Bytes(), err
}

// zippers are kept: each is 800 KB.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// answerLimit bounds what is read of an answer.
const answerLimit = 64 << 10

// post tries once. The error is a *refusal where it is worth another try.
func (c *Client) post(ctx context.Context, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = c.settings.headers.Clone()
	r.Header.Set("Content-Type", mediaProtobuf)
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "OTel OTLP Exporter Go/"+otlptrace.Version())
	}
	if c.settings.gzip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return &refusal{err: err} // away, or too slow
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, answerLimit)) // the status says whether it was taken
	if answer.StatusCode/100 == 2 {
		return partial(answer.Header, text)
	}
	failed := fmt.Errorf("%s answers %s%s", c.endpoint, answer.Status, said(answer.Header, text))
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &refusal{err: failed, after: retryAfter(answer.Header, time.Now())}
	}
	return failed
}
