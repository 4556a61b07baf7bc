package httpapi

import (
	"bytes"
	"embed"
	"html"
	"net/http"
	"path"

	"github.com/go-chi/chi/v5"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
)

//go:embed docsui
var docsPage embed.FS

// docsPolicy lets the page load its own files and talk to its own origin. No
// script and no style is inline: React sets styles by the CSSOM, which no
// policy minds. Swagger UI has its icons in its style sheet, as data URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocs serves Swagger UI from files in the binary.
func (a *API) mountDocs(r chi.Router) {
	r.Get("/docs", docsFile(renderDocs(a.options.Spec), "text/html; charset=utf-8"))
	r.Get("/docs/", http.RedirectHandler("/docs", http.StatusPermanentRedirect).ServeHTTP)
	for name, media := range map[string]string{"page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"} {
		r.Get("/docs/"+name, docsFile(docsText(name), media))
	}
	assets := http.StripPrefix("/docs/", statigz.FileServer(static.FS))
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		r.Get(path.Join("/docs", name), func(w http.ResponseWriter, r *http.Request) {
			docsHeaders(w)
			assets.ServeHTTP(w, r)
		})
	}
}

// renderDocs puts the service's name into the page. Not by html/template: it
// calls methods by name, so that the linker has to keep every method there is,
// 10 MB of the users service (docs/performance.md).
func renderDocs(spec *Spec) []byte {
	return bytes.ReplaceAll(docsText("index.html"), []byte("{{title}}"), []byte(html.EscapeString(spec.Doc.Info.Title)))
}

func docsText(name string) []byte {
	text, err := docsPage.ReadFile("docsui/" + name)
	if err != nil {
		panic(err) // the file is embedded
	}
	return text
}

func docsFile(text []byte, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		docsHeaders(w)
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(text)
	}
}

func docsHeaders(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Cache-Control", "public, max-age=300")
}
