package otlp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/latchkey-id/latchkey/internal/observe/otlp"
)

const secret = "dontlog"

var batch = []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{{Name: "login"}}}}}}

// newClient makes one with short waits, and the log that it writes.
func newClient(t *testing.T, endpoint string, env map[string]string) (*otlp.Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c, err := otlp.New(endpoint, func(name string) string { return env[name] }, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	c.Hurry(time.Minute)
	t.Cleanup(func() { _ = c.Stop(context.Background()) })
	return c, &log
}

// collector keeps the last request; answer says what it is answered with.
func collector(t *testing.T, answer func(w http.ResponseWriter, n int)) (*httptest.Server, *atomic.Pointer[http.Request], *atomic.Int32) {
	t.Helper()
	var last atomic.Pointer[http.Request]
	var n atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		kept := r.Clone(context.Background())
		kept.Body = io.NopCloser(bytes.NewReader(body))
		last.Store(kept)
		if answer != nil {
			answer(w, int(n.Add(1)))
		}
	}))
	t.Cleanup(server.Close)
	return server, &last, &n
}

// isBatch also reads the fields by their numbers (ExportTraceServiceRequest).
func isBatch(t *testing.T, body []byte) {
	t.Helper()
	var got tracepb.TracesData
	number, kind, length := protowire.ConsumeField(body)
	if number != 1 || kind != protowire.BytesType || length != len(body) {
		t.Errorf("field %d of type %d, %d of %d bytes", number, kind, length, len(body))
	}
	if err := proto.Unmarshal(body, &got); err != nil || !proto.Equal(&got, &tracepb.TracesData{ResourceSpans: batch}) {
		t.Errorf("the collector got %v (%v)", &got, err)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, want string
		env        map[string]string
		gzip       bool
		header     map[string]string
		logged     string
	}{
		"no settings": {path: "/v1/traces", want: "/v1/traces", header: map[string]string{"Content-Type": "application/x-protobuf"}},
		"no path":     {path: "", want: "/"},
		"any path":    {path: "/a%20b/c", want: "/a%20b/c"},
		"headers": {
			env:    map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": " api-key = a%2Cb%20c= ,, x=,Content-Type=no"},
			header: map[string]string{"Api-Key": "a,b c=", "X": "", "Content-Type": "application/x-protobuf"},
		},
		"headers of traces win, all of them": {
			env:    map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "a=1,b=2", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=3"},
			header: map[string]string{"A": "3", "B": ""},
		},
		"bad headers": {
			env:    map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "a=%zz" + secret + "," + secret + ",b c=1,d=%0D%0A,e=5"},
			header: map[string]string{"A": "", "D": "", "E": "5"}, logged: "OTEL_EXPORTER_OTLP_HEADERS",
		},
		"gzip":             {env: map[string]string{"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, gzip: true},
		"gzip for traces":  {env: map[string]string{"OTEL_EXPORTER_OTLP_COMPRESSION": "none", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip"}, gzip: true},
		"none for traces":  {env: map[string]string{"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "none"}},
		"unknown packing":  {env: map[string]string{"OTEL_EXPORTER_OTLP_COMPRESSION": secret}, logged: "OTEL_EXPORTER_OTLP_COMPRESSION"},
		"a timeout of 10s": {env: map[string]string{"OTEL_EXPORTER_OTLP_TIMEOUT": "10" + secret}, logged: "OTEL_EXPORTER_OTLP_TIMEOUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, last, _ := collector(t, nil)
			client, log := newClient(t, server.URL+c.path, c.env)
			if err := client.UploadTraces(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			r := last.Load()
			if got := r.URL.EscapedPath(); r.Method != http.MethodPost || (c.want != "" && got != c.want) || r.ContentLength <= 0 {
				t.Errorf("%s %s of %d bytes", r.Method, got, r.ContentLength)
			}
			for name, want := range c.header {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			body, _ := io.ReadAll(r.Body)
			if packed := r.Header.Get("Content-Encoding") == "gzip"; packed != c.gzip {
				t.Errorf("packed %t", packed)
			} else if packed {
				unpacked, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				body, _ = io.ReadAll(unpacked)
			}
			isBatch(t, body)
			if (c.logged != "") != (log.Len() > 0) || !strings.Contains(log.String(), c.logged) || strings.Contains(log.String(), secret) {
				t.Errorf("logged: %s", log)
			}
		})
	}
}

func TestTries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, n int)
		tries  int
		fails  string
	}{
		"taken at once": {tries: 1},
		"429":           {answer: refuse(429, "1"), tries: 2},
		"502":           {answer: refuse(502, ""), tries: 2},
		"503":           {answer: refuse(503, "Mon, 02 Jan 2006 15:04:05 GMT"), tries: 2},
		"504":           {answer: refuse(504, "nonsense"), tries: 2},
		"hung up":       {answer: func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }, tries: 2},
		"400":           {answer: refuse(400, ""), tries: 1, fails: `answers 400 Bad Request: "bad\nthing"`},
		"500":           {answer: refuse(500, ""), tries: 1, fails: "answers 500"},
		"in part":       {answer: partly(3, "too old"), tries: 1, fails: `rejects 3 spans of a batch: "too old"`},
		"a warning":     {answer: partly(0, "hm"), tries: 1, fails: `rejects 0 spans of a batch: "hm"`},
		"in whole":      {answer: partly(0, ""), tries: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, last, n := collector(t, func(w http.ResponseWriter, n int) {
				if n == 1 && c.answer != nil {
					c.answer(w, n)
				}
			})
			client, _ := newClient(t, server.URL, nil)
			begin := time.Now()
			err := client.UploadTraces(t.Context(), batch)
			if (err == nil) != (c.fails == "") || (err != nil && !strings.Contains(err.Error(), c.fails)) {
				t.Errorf("error: %v", err)
			}
			if int(n.Load()) != c.tries {
				t.Errorf("%d tries, want %d", n.Load(), c.tries)
			}
			body, _ := io.ReadAll(last.Load().Body)
			isBatch(t, body)
			if took := time.Since(begin); name == "429" && took < time.Second {
				t.Errorf("tried again after %s, and Retry-After was 1", took)
			}
		})
	}
}

// refuse answers as a collector does: with a google.rpc.Status.
func refuse(status int, after string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		w.Header().Set("Retry-After", after)
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.WriteHeader(status)
		_, _ = w.Write(protowire.AppendString(protowire.AppendTag([]byte{8, 3}, 2, protowire.BytesType), "bad\nthing"))
	}
}

// partly answers with an ExportTraceServiceResponse.
func partly(rejected uint64, message string) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) {
		inner := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), rejected)
		inner = protowire.AppendString(protowire.AppendTag(inner, 2, protowire.BytesType), message)
		w.Header().Set("Content-Type", "application/x-protobuf; charset=binary")
		_, _ = w.Write(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), inner))
	}
}

// A collector that hangs costs one timeout a try, and one that is away is given
// up: in time before the batch's own deadline, and once the client is stopped.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	hung := make(chan struct{})
	server, _, n := collector(t, func(http.ResponseWriter, int) { <-hung })
	t.Cleanup(func() { close(hung) }) // before the server's own
	client, _ := newClient(t, server.URL, map[string]string{"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "100", "OTEL_EXPORTER_OTLP_TIMEOUT": "60000"})
	client.Hurry(250 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	begin := time.Now()
	if err := client.UploadTraces(ctx, batch); err == nil || n.Load() < 2 || time.Since(begin) > 10*time.Second {
		t.Errorf("%v after %d tries and %s", err, n.Load(), time.Since(begin))
	}
	server, _, _ = collector(t, refuse(503, "30"))
	client, _ = newClient(t, server.URL, nil)
	begin = time.Now()
	if err := client.UploadTraces(ctx, batch); err == nil || !strings.Contains(err.Error(), "no time for another try") || time.Since(begin) > 10*time.Second {
		t.Errorf("%v after %s, with a wait longer than the deadline", err, time.Since(begin))
	}
	client, _ = newClient(t, "http://127.0.0.1:1", nil)
	time.AfterFunc(100*time.Millisecond, func() { _ = client.Stop(context.Background()) })
	if err := client.UploadTraces(t.Context(), batch); err == nil || time.Since(begin) > 10*time.Second {
		t.Errorf("stopped: %v", err)
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.pem"), filepath.Join(dir, "bad.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := errors.Join(os.WriteFile(good, text, 0o600), os.WriteFile(bad, []byte("no PEM"), 0o600)); err != nil {
		t.Fatal(err)
	}
	client, _ := newClient(t, server.URL, map[string]string{"OTEL_EXPORTER_OTLP_CERTIFICATE": good})
	if err := client.UploadTraces(t.Context(), batch); err != nil {
		t.Errorf("with its certificate: %v", err)
	}
	client, _ = newClient(t, server.URL, nil)
	client.Hurry(time.Millisecond)
	if err := client.UploadTraces(t.Context(), batch); err == nil {
		t.Error("an unknown certificate is trusted")
	}
	for _, env := range []map[string]string{
		{"OTEL_EXPORTER_OTLP_CERTIFICATE": bad},
		{"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE": filepath.Join(dir, "none")},
		{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": good},
		{"OTEL_EXPORTER_OTLP_CLIENT_KEY": good},
		{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": good, "OTEL_EXPORTER_OTLP_CLIENT_KEY": bad},
	} {
		_, err := otlp.New(server.URL, func(name string) string { return env[name] }, slog.New(slog.DiscardHandler))
		if err == nil || !strings.HasPrefix(err.Error(), "OTEL_EXPORTER_OTLP_") {
			t.Errorf("%v: %v", env, err)
		}
	}
	for _, endpoint := range []string{"", "collector:4317", "ftp://collector", "http://"} {
		if _, err := otlp.New(endpoint, func(string) string { return "" }, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%q is taken for an endpoint", endpoint)
		}
	}
}
